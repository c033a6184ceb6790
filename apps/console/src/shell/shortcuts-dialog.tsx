import { Dialog } from './dialog.js';

const SHORTCUTS = [
  ['?', 'This list'],
  ['/', 'To the search'],
  ['g b', 'To the board'],
  ['g s, g r, g o', 'To the sources, to the reports, to operations'],
  ['j, k', 'On the board: the next thread, the one before'],
  ['Enter', 'Open what has the focus'],
  ['← →', 'In a thread: one step of the replay back, on'],
  ['Home, End', 'In a thread: to its beginning, to now'],
  ['p', 'In a thread: play the replay, or halt it'],
] as const;

export function ShortcutsDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <dl className="shortcuts">
        {SHORTCUTS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
