import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Thread } from '../api/types.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { useShortcuts } from '../shell/use-shortcuts.js';
import { useTitle } from '../shell/use-title.js';
import { Waiting } from '../shell/waiting.js';
import './board.css';
import { BoardFilters } from './board-filters.js';
import { useBoard } from './board-query.js';
import { BoardRow } from './board-row.js';
import { useBoardFilter } from './use-board-filter.js';
import { useLiveBoard } from './use-live-board.js';

export function BoardScreen() {
  useTitle('Board');
  const [filter, change] = useBoardFilter();
  useLiveBoard();
  const board = useBoard(filter);
  const threads = board.data ?? [];
  return (
    <>
      <h1 className="visually-hidden">Board</h1>
      <BoardFilters filter={filter} change={change} threads={threads} />
      {board.error !== null && board.data === undefined ? (
        <FailureScreen error={board.error} />
      ) : board.data === undefined ? (
        <Waiting what="the board" />
      ) : threads.length === 0 ? (
        <EmptyBoard isNarrowed={window.location.search !== ''} />
      ) : (
        <Rows threads={threads} more={board.hasNextPage ? () => void board.fetchNextPage() : null} />
      )}
    </>
  );
}

function EmptyBoard({ isNarrowed }: { readonly isNarrowed: boolean }) {
  return (
    <p className="waiting" role="status">
      {isNarrowed ? 'No thread matches these filters.' : 'No thread has been opened yet.'}
    </p>
  );
}

interface RowsProps {
  readonly threads: readonly Thread[];
  readonly more: (() => void) | null;
}

/** Of a row with one line of headline; what has more is measured. The closer, the less moves while rows are measured. */
const ROW_PIXELS = 60;

/** Only the rows in view are in the page, however many there are. */
function Rows({ threads, more }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: threads.length,
    estimateSize: () => ROW_PIXELS,
    overscan: 8,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => threads[index]?.threadId ?? index,
  });
  const items = rows.getVirtualItems();
  const lastInView = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== null && lastInView >= threads.length - 12) more();
  }, [lastInView, threads.length, more]);
  useRowKeys();
  return (
    <>
      <ul ref={list} className="board" aria-label="Threads" style={{ height: rows.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const thread = threads[index];
          if (thread === undefined) return null;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={more === null ? threads.length : -1}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              <BoardRow thread={thread} />
            </li>
          );
        })}
      </ul>
      <p className="board-end hint">
        {more === null ? (
          `${threads.length} ${threads.length === 1 ? 'thread' : 'threads'}`
        ) : (
          <button type="button" onClick={more}>
            More threads
          </button>
        )}
      </p>
    </>
  );
}

function useRowKeys(): void {
  const go = (by: number) => {
    const links = [...document.querySelectorAll<HTMLAnchorElement>('.board a.headline')];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const ordered = links.sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top);
    const next = at === -1 ? ordered[0] : ordered[ordered.indexOf(document.activeElement as HTMLAnchorElement) + by];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts([
    ['j', () => go(1)],
    ['k', () => go(-1)],
  ]);
}
