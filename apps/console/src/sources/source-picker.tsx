import { useCombobox } from 'downshift';
import { useState } from 'react';
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
  const picked = useSources(value === '' ? [] : [value]).get(value) ?? null;
  const [typed, setTyped] = useState('');
  const { data: offers = [] } = useSourceOffers(typed, true);
  const box = useCombobox<Source>({
    items: [...offers],
    itemToString: nameOf,
    itemToKey: (source) => source?.sourceId,
    selectedItem: picked,
    onInputValueChange: ({ inputValue, type }) => {
      if (type === useCombobox.stateChangeTypes.InputChange) setTyped(inputValue);
      if (inputValue === '' && value !== '') onPicked(null);
    },
    onSelectedItemChange: ({ selectedItem }) => onPicked(selectedItem ?? null),
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
