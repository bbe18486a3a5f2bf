import { memo } from 'react';
import { AgentTile } from './agent-tile.tsx';
import type { Density } from './board-query.ts';
import type { TileGroup } from './board-view.ts';
import { isFull } from './notes.ts';
import { type Teams, teamLabel } from './teams.ts';

export interface TileGridProps {
  readonly groups: readonly TileGroup[];
  readonly isGrouped: boolean;
  readonly density: Density;
  readonly teams: Teams;
}

/** All tiles, by team where it is asked for. */
export const TileGrid = memo(function TileGrid({ groups, isGrouped, density, teams }: TileGridProps) {
  return groups.map((group) => (
    <section key={group.teamId ?? 'none'} className="mb-6" aria-label={isGrouped ? groupLabel(group, teams) : 'Agents'}>
      {isGrouped && <GroupHeading group={group} label={groupLabel(group, teams)} />}
      <TileList group={group} density={density} />
    </section>
  ));
});

function TileList({ group: { tiles }, density }: { readonly group: TileGroup; readonly density: Density }) {
  const isDetailed = density === 'comfortable' && tiles.some(isFull);
  return (
    <ul className="tiles" data-density={density} data-detailed={isDetailed}>
      {tiles.map((tile) => (
        <AgentTile key={tile.id} tile={tile} isDetailed={isDetailed} />
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
