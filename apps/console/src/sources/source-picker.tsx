import { useCombobox } from 'downshift';
import { useEffect, useState } from 'react';
import type { Source } from '../api/types.js';
import { useSourceOffers, useSources } from './source-queries.js';
import './source-picker.css';

interface PickerProps {
  readonly label: string;
  /** The id of the source that is picked; '' for none. */
  readonly value: string;
  readonly onPicked: (source: Source | null) => void;
  readonly placeholder?: string;
  readonly invalid?: boolean;
  readonly describedBy?: string;
}

/** A text field that offers the sources with those words in their names. */
export function SourcePicker({ label, value, onPicked, placeholder = 'Any', invalid, describedBy }: PickerProps) {
  const [own, setOwn] = useState<Source | null>(null);
  const found = useSources(value === '' ? [] : [value]).get(value);
  const picked = value === '' ? null : own?.sourceId === value ? own : (found ?? null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (picked !== null) setText(nameOf(picked));
  }, [picked]);
  const { data: offers = [] } = useSourceOffers(picked === null ? text.trim() : '', true);
  const box = useCombobox<Source>({
    items: [...offers],
    itemToString: nameOf,
    itemToKey: (source) => source?.sourceId,
    selectedItem: picked,
    inputValue: text,
    onInputValueChange: ({ inputValue, type }) => {
      if (type !== useCombobox.stateChangeTypes.InputChange) return;
      // Other words than those of the source that was picked pick it no more.
      setText(inputValue);
      if (value !== '') onPicked(null);
    },
    onSelectedItemChange: ({ selectedItem }) => {
      if (selectedItem === null) return;
      setOwn(selectedItem);
      setText(nameOf(selectedItem));
      onPicked(selectedItem);
    },
  });
  return (
    <div className="field source-picker">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the properties bring htmlFor */}
      <label {...box.getLabelProps()}>{label}</label>
      <input
        {...box.getInputProps({
          placeholder,
          maxLength: 200,
          autoComplete: 'off',
          'aria-invalid': invalid ?? false,
          ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
        })}
      />
      <ul {...box.getMenuProps()} className={box.isOpen ? 'offers open' : 'offers'}>
        {box.isOpen &&
          offers.map((source, index) => (
            <li
              key={source.sourceId}
              {...box.getItemProps({ item: source, index })}
              className={index === box.highlightedIndex ? 'highlighted' : ''}
            >
              {nameOf(source)} <span className="hint">{source.group}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}

export function nameOf(source: Source | null | undefined): string {
  return source?.name ?? source?.key ?? '';
}
