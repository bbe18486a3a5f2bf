import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { User } from '../../../../api/contract/auth.ts';
import { useFeed, useLiveBoard } from '../stream/live-board.ts';
import type { FeedState } from '../stream/board-feed.ts';
import type { BoardQuery } from './board-query.ts';
import { type BoardView, BoardViewer } from './board-view.ts';
import { scopeOf } from './scope.ts';

export interface Board {
  readonly feed: FeedState;
  readonly view: BoardView;
  /** Whether there is anything to count: before the first tiles a zero would be untrue. */
  readonly isKnown: boolean;
  /** Asks the server again after it refused. */
  readonly retry: () => void;
}

/** A screen has nobody to press a button: what the server refused is asked for again after so long, milliseconds. */
const RETRY_MS = 60_000;

/** Watches what the user may see of what the query asks for. */
export function useBoard(user: User, query: BoardQuery): Board {
  const { store, ticker } = useLiveBoard();
  const scopeKey = JSON.stringify(scopeOf(user, query.narrowing));
  const [tries, setTries] = useState(0);
  useEffect(() => {
    store.watch(JSON.parse(scopeKey) as ReturnType<typeof scopeOf>);
  }, [store, scopeKey, tries]);
  useEffect(() => () => store.stop(), [store]);
  const retry = useCallback(() => setTries((before) => before + 1), []);

  const feed = useFeed();
  useEffect(() => {
    if (feed.failure === null) return undefined;
    const timer = setTimeout(retry, RETRY_MS);
    return () => clearTimeout(timer);
  }, [feed.failure, retry]);
  const [viewer] = useState(() => new BoardViewer());
  // Names stay where they are; orders that move do so once a second.
  const beat = useSyncExternalStore(ticker.subscribe, () => (query.sortBy === 'name' ? 0 : ticker.beats));
  const view = useMemo(() => viewer.view(feed.agents, query, beat), [viewer, feed.agents, query, beat]);
  return { feed, view, isKnown: feed.isLoaded || view.counts.total > 0, retry };
}
