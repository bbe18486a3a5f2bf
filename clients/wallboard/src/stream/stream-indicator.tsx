import { useCallback } from 'react';
import { timeOfDay } from '../board/clock-text.ts';
import { Clock } from '../parts/clock.tsx';
import { Icon } from '../parts/icon.tsx';
import type { StreamHealth } from './data-age.ts';
import { useFeed, useHealth, useLiveBoard } from './live-board.ts';

const ICONS = { live: 'live', stale: 'warning', reconnecting: 'reconnecting' } as const;

/** Whether what is shown is live, and how old it is: always in sight. */
export function StreamIndicator() {
  const health = useHealth();
  const { connection, failure } = useFeed();
  // The page says why there is no board.
  if (failure !== null) return null;
  return (
    <div className="stream" data-stream={health}>
      <Icon name={ICONS[health]} />
      {/* Only what changes seldom is announced: not the seconds. */}
      <span role="status">{wordOf(health, connection === 'waiting')}</span>
      {health === 'live' && <Age />}
    </div>
  );
}

/** Loud, once the data is old: what is seen may be untrue. */
export function StaleBanner({ isStale }: { readonly isStale: boolean }) {
  const health = useHealth();
  const { store } = useLiveBoard();
  if (!isStale) return null;
  return (
    <div className="stale-banner" role="alert">
      <Icon name="warning" />
      <p>
        <strong>Not live: stale since {timeOfDay(store.asOf)}.</strong>{' '}
        {health === 'reconnecting'
          ? 'The connection to the server is lost; trying again.'
          : 'The server has sent nothing since.'}{' '}
        What you see may have changed.
      </p>
    </div>
  );
}

function Age() {
  const { store } = useLiveBoard();
  const ageAt = useCallback(() => `${Math.floor(store.ageMs() / 1000)} s`, [store]);
  return (
    <span className="stream-age" aria-hidden="true" title="Age of the data">
      <Clock textAt={ageAt} />
    </span>
  );
}

function wordOf(health: StreamHealth, isFirst: boolean): string {
  switch (health) {
    case 'live':
      return 'Live';
    case 'stale':
      return 'Stale';
    case 'reconnecting':
      return isFirst ? 'Connecting…' : 'Reconnecting…';
  }
}
