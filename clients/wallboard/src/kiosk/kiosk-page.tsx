import { useEffect } from 'react';
import type { User } from '../../../../api/contract/auth.ts';
import { Announcement } from '../board/announcement.tsx';
import { isFiltering } from '../board/board-query.ts';
import { BoardFailure, BoardSkeleton, EmptyBoard } from '../board/board-states.tsx';
import { IncidentBanner } from '../board/incident-banner.tsx';
import { titleOf } from '../board/board-title.ts';
import { useBoard } from '../board/use-board.ts';
import { useBoardQuery } from '../board/use-board-query.ts';
import { useIsStale } from '../stream/live-board.ts';
import { StaleBanner } from '../stream/stream-indicator.tsx';
import { KioskHeader } from './kiosk-header.tsx';
import { KioskTiles } from './kiosk-tiles.tsx';
import { followVersions, keepAwake } from './stay-on.ts';
import { useArea } from './use-area.ts';

/** The board for a screen on the wall: nothing to click, as large as fits. */
export function KioskPage({ user }: { readonly user: User }) {
  const [query, setQuery] = useBoardQuery();
  const { feed, view, isKnown, retry } = useBoard(user, query);
  const isStale = useIsStale();
  const [area, ref] = useArea();
  useEffect(() => keepAwake(), []);
  useEffect(() => followVersions(), []);
  const tiles = view.groups.flatMap((group) => group.tiles);
  return (
    <div className="kiosk" data-stale={isStale}>
      <title>Screen · Rollcall</title>
      <KioskHeader
        title={titleOf(user, query.narrowing, view.teams)}
        counts={isKnown && feed.failure === null ? view.counts : null}
      />
      <StaleBanner isStale={isStale} />
      <IncidentBanner />
      <main ref={ref} className="kiosk-main">
        {feed.failure !== null ? (
          <BoardFailure
            failure={feed.failure}
            onRetry={retry}
            onShowEverybody={query.narrowing === null ? null : () => setQuery({ ...query, narrowing: null })}
          />
        ) : tiles.length > 0 ? (
          area !== null && (
            <KioskTiles
              tiles={tiles}
              area={area}
              isMixed={query.narrowing === null && view.teams.teams.length > 1}
            />
          )
        ) : feed.isLoaded ? (
          <EmptyBoard isFiltered={isFiltering(query)} onShowAll={null} />
        ) : (
          <BoardSkeleton />
        )}
      </main>
      {isKnown && <Announcement counts={view.counts} />}
    </div>
  );
}
