import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Axis, Stop } from './stops.js';

const PLAY_MS = 1_800;

export interface ReplayPosition {
  readonly axis: Axis;
  /** The place among the stops; one past the last is now. */
  readonly index: number;
  readonly isPlaying: boolean;
  go(index: number): void;
  choose(axis: Axis): void;
  /** To a place among the stops of what was known. */
  showKnown(index: number): void;
  play(): void;
  halt(): void;
}

/** Which axis the address asks for. */
export function useAxis(): Axis {
  const [parameters] = useSearchParams();
  return parameters.get('by') === 'said' ? 'said' : 'known';
}

/** Where the replay stands, kept in the address: a moment of a story can be sent to somebody. */
export function useReplayPosition(axis: Axis, stops: readonly Stop[]): ReplayPosition {
  const [parameters, setParameters] = useSearchParams();
  const [isPlaying, setPlaying] = useState(false);
  const now = stops.length;
  const asked = parameters.get('step');
  const index = asked === null || !/^\d{1,6}$/.test(asked) ? now : Math.min(Number(asked), now);
  const set = (change: (after: URLSearchParams) => void) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        change(after);
        return after;
      },
      { replace: true },
    );
  const go = (to: number) =>
    set((after) => {
      const bounded = Math.max(0, Math.min(to, now));
      if (bounded === now) after.delete('step');
      else after.set('step', String(bounded));
    });
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (index >= now) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => go(index + 1), PLAY_MS);
    return () => clearTimeout(timer);
  });
  return {
    axis,
    index,
    isPlaying,
    go: (to) => {
      setPlaying(false);
      go(to);
    },
    choose: (chosen) => {
      setPlaying(false);
      set((after) => {
        after.delete('step');
        if (chosen === 'said') after.set('by', 'said');
        else after.delete('by');
      });
    },
    showKnown: (to) => {
      setPlaying(false);
      set((after) => {
        after.delete('by');
        after.set('step', String(to));
      });
      window.scrollTo(0, 0);
    },
    play: () => {
      if (index >= now) go(0);
      setPlaying(true);
    },
    halt: () => setPlaying(false),
  };
}
