import { type LiveState, useLiveState } from './live-feed.js';

const SIGNS: Readonly<Record<LiveState, { readonly shape: string; readonly word: string; readonly says: string }>> = {
  live: { shape: '●', word: 'Live', says: 'What others record is shown as it happens.' },
  connecting: { shape: '◌', word: 'Connecting', says: 'The live feed is being opened.' },
  cut: {
    shape: '○',
    word: 'Not live',
    says: 'The live feed is cut and tries again by itself. What you see may be old.',
  },
};

export function LiveSign() {
  const state = useLiveState();
  const { shape, word, says } = SIGNS[state];
  return (
    <span className={`live live-${state}`} title={says} role="status">
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}
