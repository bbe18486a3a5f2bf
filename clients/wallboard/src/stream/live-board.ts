import { createContext, use, useCallback, useSyncExternalStore } from 'react';
import type { BoardStore } from './board-store.ts';
import type { FeedState } from './board-feed.ts';
import type { StreamHealth } from './data-age.ts';
import type { TextAt, Ticker } from './ticker.ts';

/** The board that is watched and the clock that ticks for it, for whatever is drawn of them. */
export interface LiveBoard {
  readonly store: BoardStore;
  readonly ticker: Ticker;
}

const LiveBoardContext = createContext<LiveBoard | null>(null);
export const LiveBoardProvider = LiveBoardContext;

export function useLiveBoard(): LiveBoard {
  const live = use(LiveBoardContext);
  if (live === null) throw new TypeError('there is no live board around');
  return live;
}

export function useFeed(): FeedState {
  const { store } = useLiveBoard();
  return useSyncExternalStore(store.subscribe, store.state);
}

/** Rendered anew only when it changes. */
export function useHealth(): StreamHealth {
  return useWatched(({ store }) => store.health());
}

/** Whether what is shown may be untrue by now. */
export function useIsStale(): boolean {
  return useWatched(({ store }) => store.isStale());
}

/** A ref for an element whose text follows the clock. */
export function useTicking(textAt: TextAt): (element: Element | null) => (() => void) | undefined {
  const { ticker } = useLiveBoard();
  return useCallback(
    (element) => (element === null ? undefined : ticker.write(element, textAt)),
    [ticker, textAt],
  );
}

/** Whether a moment has come, by the time that is shown; rendered anew only when it does. Null never comes. */
export function useReached(at: number | null): boolean {
  const { store, ticker } = useLiveBoard();
  const subscribe = useCallback(
    (listener: () => void) => (at === null ? () => undefined : ticker.subscribe(listener)),
    [ticker, at],
  );
  return useSyncExternalStore(subscribe, () => at !== null && store.shownNow() >= at);
}

function useWatched<Value extends string | boolean>(read: (live: LiveBoard) => Value): Value {
  const live = useLiveBoard();
  const { store, ticker } = live;
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = [store.subscribe(listener), ticker.subscribe(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
    [store, ticker],
  );
  return useSyncExternalStore(subscribe, () => read(live));
}
