import { useEffect, useRef } from 'react';

/** By keys pressed one after the other, such as `g b`. */
export type Shortcuts = readonly (readonly [keys: string, act: () => void])[];

const SEQUENCE_MS = 1_000;

/** Works while nothing is being typed and no dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    let first = '';
    let firstAt = 0;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return;
      const sequence = event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : event.key;
      const find = (wanted: string) => current.current.find(([keys]) => keys === wanted)?.[1];
      const act = find(sequence) ?? find(event.key);
      first = event.key;
      firstAt = event.timeStamp;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

/** What has the focus needs the key itself: text that is being typed, or a choice that arrows move. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog') !== null) return true;
  const control = target.closest('input, select, textarea');
  if (control === null) return false;
  const isBox = control.matches('input:is([type=radio], [type=checkbox])');
  return !isBox || key.startsWith('Arrow') || key === ' ';
}
