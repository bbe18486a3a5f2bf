import { memo } from 'react';
import { AgentTile } from './agent-tile.tsx';
import type { Density } from './board-query.ts';
import type { TileGroup } from './board-view.ts';
import { isFull } from './notes.ts';
import { useRowWindow } from './use-row-window.ts';
import { type Teams, teamLabel } from './teams.ts';

export interface TileGridProps {
  readonly groups: readonly TileGroup[];
  readonly isGrouped: boolean;
  /** Whether the tiles are of more than one team. */
  readonly isMixed: boolean;
  readonly density: Density;
  readonly teams: Teams;
}

/** Up to so many tiles all are drawn: the browser's own search finds every name, and that many stay smooth. */
const ALL = 600;

/** All tiles, by team where it is asked for. */
export const TileGrid = memo(function TileGrid({
  groups,
  isGrouped,
  isMixed,
  density,
  teams,
}: TileGridProps) {
  const isLong = groups.reduce((sum, { tiles }) => sum + tiles.length, 0) > ALL;
  return groups.map((group) => (
    <section
      key={group.teamId ?? 'none'}
      className="mb-6"
      aria-label={isGrouped ? groupLabel(group, teams) : 'Agents'}
    >
      {isGrouped && <GroupHeading group={group} label={groupLabel(group, teams)} />}
      <TileList group={group} density={density} showsTeam={isMixed && !isGrouped} isLong={isLong} />
    </section>
  ));
});

interface TileListProps {
  readonly group: TileGroup;
  readonly density: Density;
  readonly showsTeam: boolean;
  /** Whether only what is in sight is drawn. */
  readonly isLong: boolean;
}

function TileList({ group: { tiles }, density, showsTeam, isLong }: TileListProps) {
  const isDetailed = density === 'comfortable' && tiles.some(isFull);
  const [{ start, end, above, below }, ref] = useRowWindow(tiles.length, isLong);
  return (
    <ul
      ref={ref}
      className="tiles"
      data-density={density}
      data-detailed={isDetailed}
      style={{ paddingTop: above, paddingBottom: below }}
    >
      {tiles.slice(start, end).map((tile) => (
        <AgentTile key={tile.id} tile={tile} isDetailed={isDetailed} showsTeam={showsTeam} />
      ))}
    </ul>
  );
}

function GroupHeading({ group: { tiles }, label }: { readonly group: TileGroup; readonly label: string }) {
  const routable = tiles.filter((tile) => tile.routable).length;
  return (
    <h2 className="mb-2 flex items-baseline gap-3 text-base font-semibold">
      {label}
      <span className="text-sm font-normal text-ink-soft tabular-nums">
        {tiles.length} shown, {routable} routable
      </span>
    </h2>
  );
}

function groupLabel({ teamId }: TileGroup, teams: Teams): string {
  return teamId === null ? 'Without a team' : teamLabel(teamId, teams);
}
