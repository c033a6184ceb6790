import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { api } from '../api/client.js';
import type { FeedItem } from '../api/types.js';
import { useMay } from '../session/session.js';

type Listener = (item: FeedItem) => void;

export type LiveState = 'connecting' | 'live' | 'cut';

interface Live {
  readonly state: LiveState;
  readonly listeners: Set<Listener>;
}

const LiveContext = createContext<Live | null>(null);

const AGAIN_MS = 3_000;

/**
 * One feed a page, while the page is in view: a browser has few connections to one server, and many tabs. What happens
 * meanwhile comes when the page is looked at again.
 */
export function LiveFeed({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<LiveState>('connecting');
  const listeners = useRef(new Set<Listener>()).current;
  const withEvents = useMay('editor');
  useEffect(() => {
    const feed = new FeedConnection(withEvents, setState, (item) => {
      for (const listener of [...listeners]) listener(item);
    });
    const look = () => (document.visibilityState === 'visible' ? feed.open() : feed.close());
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      feed.close();
    };
  }, [withEvents, listeners]);
  return <LiveContext value={{ state, listeners }}>{children}</LiveContext>;
}

export function useLiveState(): LiveState {
  return useContext(LiveContext)?.state ?? 'connecting';
}

/** Tells of each thing that happens. */
export function useLive(listener: Listener): void {
  const listeners = useContext(LiveContext)?.listeners;
  const current = useRef(listener);
  current.current = listener;
  useEffect(() => {
    const tell: Listener = (item) => current.current(item);
    listeners?.add(tell);
    return () => {
      listeners?.delete(tell);
    };
  }, [listeners]);
}

/** Goes on after its last message when it is opened again. */
class FeedConnection {
  private source: EventSource | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;
  private lastId = '';

  constructor(
    private readonly withEvents: boolean,
    private readonly onState: (state: LiveState) => void,
    private readonly onItem: Listener,
  ) {}

  open(): void {
    if (this.source !== null) return;
    clearTimeout(this.again);
    const query = new URLSearchParams();
    if (this.withEvents) query.set('events', 'true');
    if (this.lastId !== '') query.set('after', this.lastId);
    const source = new EventSource(`/v1/feed?${query}`);
    const take = ({ data, lastEventId }: MessageEvent<string>) => {
      this.lastId = lastEventId;
      this.onItem(JSON.parse(data) as FeedItem);
    };
    source.onopen = () => this.onState('live');
    source.addEventListener('status', take);
    source.addEventListener('event', take);
    source.onerror = () => {
      this.onState('cut');
      // The browser itself comes back after a cut, but not after an answer that was no feed.
      if (source.readyState !== EventSource.CLOSED) return;
      this.close();
      // It does not say which answer that was; this one does, and is heeded when nobody is signed in any more.
      void api.GET('/v1/session').catch(() => undefined);
      this.again = setTimeout(() => this.open(), AGAIN_MS);
    };
    this.source = source;
  }

  close(): void {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }
}
