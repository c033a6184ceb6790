import { useQuery } from '@tanstack/react-query';
import { useCombobox } from 'downshift';
import { useId, useState } from 'react';
import { answer, api } from '../api/client.js';
import type { Thread } from '../api/types.js';
import type { Bound } from '../forms/draft.js';
import { FaultList, useFieldFaults } from '../forms/field.js';

interface PickerProps extends Omit<Bound<string>, 'value'> {
  readonly label: string;
  /** The id of a thread that is not offered. */
  readonly except: string;
}

/** The id of a thread, '' for none. Offers active threads by the words of their headlines and claims; the last changed first without any. */
export function ThreadPicker({ label, pointer, except, onChange }: PickerProps) {
  const id = useId();
  const faults = useFieldFaults(pointer);
  const [words, setWords] = useState('');
  const { data: offers = [] } = useQuery({
    queryKey: ['board', 'offers', words],
    queryFn: ({ signal }) => {
      const query = { limit: 12, lifecycle: ['active' as const], ...(words !== '' && { q: words }) };
      return answer(api.GET('/v1/threads', { params: { query }, signal }));
    },
    select: ({ items }) => items.filter(({ threadId }) => threadId !== except),
    placeholderData: (before) => before,
  });
  const box = useCombobox<Thread>({
    items: offers,
    itemToString: (thread) => thread?.headline ?? '',
    itemToKey: (thread) => thread?.threadId,
    onInputValueChange: ({ inputValue, type }) => {
      if (type !== useCombobox.stateChangeTypes.InputChange) return;
      setWords(inputValue.trim());
      onChange('');
    },
    onSelectedItemChange: ({ selectedItem }) => onChange(selectedItem?.threadId ?? ''),
  });
  return (
    <div className="form-field source-picker">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the properties bring htmlFor */}
      <label {...box.getLabelProps()}>{label}</label>
      <input
        {...box.getInputProps({
          placeholder: 'Words of its headline',
          maxLength: 200,
          autoComplete: 'off',
          'aria-invalid': faults.length > 0,
          'aria-describedby': `${id}-faults`,
        })}
      />
      <ul {...box.getMenuProps()} className={box.isOpen ? 'offers open' : 'offers'}>
        {box.isOpen &&
          offers.map((thread, index) => (
            <li
              key={thread.threadId}
              {...box.getItemProps({ item: thread, index })}
              className={index === box.highlightedIndex ? 'highlighted' : ''}
            >
              {thread.headline} <span className="hint">{thread.slug}</span>
            </li>
          ))}
      </ul>
      <FaultList id={`${id}-faults`} faults={faults} />
    </div>
  );
}
