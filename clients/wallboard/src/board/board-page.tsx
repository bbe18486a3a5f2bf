import { useEffect, useRef } from 'react';
import type { User } from '../../../../api/contract/auth.ts';
import type { Session } from '../session/session.ts';
import { useIsStale } from '../stream/live-board.ts';
import { StaleBanner } from '../stream/stream-indicator.tsx';
import { Announcement } from './announcement.tsx';
import { BoardHeader } from './board-header.tsx';
import { type BoardQuery, isFiltering, searchOf, withoutFilters } from './board-query.ts';
import { BoardFailure, BoardSkeleton, EmptyBoard } from './board-states.tsx';
import { titleOf } from './board-title.ts';
import { FilterBar } from './filter-bar.tsx';
import { IncidentBanner } from './incident-banner.tsx';
import { SummaryBar } from './summary-bar.tsx';
import { TileGrid } from './tile-grid.tsx';
import { type Board, useBoard } from './use-board.ts';
import { useBoardQuery } from './use-board-query.ts';

/** The live board at a desk: counts, filters, tiles. */
export function BoardPage({ user, session }: { readonly user: User; readonly session: Session }) {
  const [query, setQuery] = useBoardQuery();
  const board = useBoard(user, query);
  const { view, feed, isKnown } = board;
  const { teams } = view;
  const isStale = useIsStale();
  const main = useRef<HTMLElement>(null);
  useEffect(() => main.current?.focus({ preventScroll: true }), []);
  return (
    <div className="page" data-stale={isStale}>
      <title>Live board · Rollcall</title>
      <a href="#board" className="skip-link">
        Skip to the agents
      </a>
      <div className="page-top">
        <BoardHeader
          user={user}
          title={titleOf(user, query.narrowing, teams)}
          kioskHref={`/kiosk${searchOf(query)}`}
          onLogOut={() => session.logOut()}
        />
        <StaleBanner isStale={isStale} />
        <IncidentBanner />
      </div>
      <main ref={main} id="board" tabIndex={-1} className="page-main">
        {feed.failure === null && (
          <SummaryBar counts={view.counts} isKnown={isKnown} query={query} onQuery={setQuery} />
        )}
        <FilterBar
          query={query}
          onQuery={setQuery}
          teams={user.role === 'agent' ? null : teams}
          shown={view.shown}
          total={isKnown ? view.counts.total : null}
        />
        <Tiles board={board} query={query} onQuery={setQuery} />
      </main>
      {isKnown && <Announcement counts={view.counts} />}
    </div>
  );
}

interface TilesProps {
  readonly board: Board;
  readonly query: BoardQuery;
  readonly onQuery: (query: BoardQuery) => void;
}

function Tiles({ board: { feed, view, retry }, query, onQuery }: TilesProps) {
  if (feed.failure !== null) {
    const showEverybody = () => onQuery({ ...query, narrowing: null });
    return (
      <BoardFailure
        failure={feed.failure}
        onRetry={retry}
        onShowEverybody={query.narrowing === null ? null : showEverybody}
      />
    );
  }
  if (view.shown > 0)
    return (
      <TileGrid
        groups={view.groups}
        isGrouped={query.groupsByTeam}
        isMixed={query.narrowing === null && view.teams.teams.length > 1}
        density={query.density}
        teams={view.teams}
      />
    );
  if (!feed.isLoaded) return <BoardSkeleton />;
  return <EmptyBoard isFiltered={isFiltering(query)} onShowAll={() => onQuery(withoutFilters(query))} />;
}
