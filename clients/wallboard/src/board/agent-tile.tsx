import { memo, useCallback } from 'react';
import type { Tile } from '../../../../api/contract/tile.ts';
import { Clock } from '../parts/clock.tsx';
import { Icon } from '../parts/icon.tsx';
import { StatusShape } from '../parts/status-shape.tsx';
import { useReached } from '../stream/live-board.ts';
import { countdownText, deadlineText, sinceText } from './clock-text.ts';
import { type Notes, notesOf, workloadText } from './notes.ts';
import { styleOf } from './status-style.ts';

export interface AgentTileProps {
  readonly tile: Tile;
  /** Whether there is room for notes. */
  readonly isDetailed: boolean;
  /** Whether to say whose agent it is, where there is nothing else to note. */
  readonly showsTeam?: boolean;
}

/** One agent. Rendered anew only when the agent's tile is another; its clocks run by themselves. */
export const AgentTile = memo(function AgentTile({ tile, isDetailed, showsTeam = false }: AgentTileProps) {
  const { id, name, status, category, since, connectivity } = tile;
  const { label, shape } = styleOf(status, category);
  const notes = notesOf(tile);
  const isOverdue = useReached(tile.deadline ?? null);
  const sinceAt = useCallback((now: number) => sinceText(since, now), [since]);
  return (
    <li
      className="tile"
      aria-label={name}
      data-agent={id}
      data-status={status}
      data-category={category}
      data-connectivity={connectivity}
      data-routable={tile.routable}
      data-forced={notes.forced ?? undefined}
      data-overdue={isOverdue || undefined}
    >
      <p className="tile-row">
        <span className="tile-name" title={name}>
          {name}
        </span>
        <TileMark tile={tile} />
      </p>
      <p className="tile-row">
        <StatusShape shape={shape} />
        <span className="tile-word">{label}</span>
        {notes.forced !== null && (
          <span className="tile-forced" title={notes.sentence}>
            <Icon name="forced" />
            <span className="sr-only">by a supervisor</span>
          </span>
        )}
        <Clock className="tile-clock" textAt={sinceAt} />
      </p>
      {isDetailed && <TileNotes tile={tile} notes={notes} place={showsTeam ? placeOf(tile) : ''} />}
    </li>
  );
});

/** Whether work may come, or whether the agent may be gone; the status stays what it is meanwhile. */
function TileMark({ tile: { connectivity, graceUntil, routable } }: { readonly tile: Tile }) {
  const leftAt = useCallback(
    (now: number) => (graceUntil === undefined ? '' : countdownText(graceUntil, now)),
    [graceUntil],
  );
  if (connectivity === 'reconnecting') {
    return (
      <span
        className="tile-mark tile-reconnecting"
        title="Connection lost: reconnecting, or gone when the time is up"
      >
        <Icon name="reconnecting" />
        <span className="sr-only">Reconnecting, counts as gone in </span>
        <Clock textAt={leftAt} />
      </span>
    );
  }
  if (!routable) return null;
  return (
    <span className="tile-mark tile-routable" title="Routable: work may be given to this agent">
      <Icon name="ready" />
      <span className="sr-only">Routable</span>
    </span>
  );
}

interface TileNotesProps {
  readonly tile: Tile;
  readonly notes: Notes;
  /** The agent's team, where it is worth a word. */
  readonly place: string;
}

function TileNotes({ tile: { deadline }, notes: { text, sentence, workload }, place }: TileNotesProps) {
  const deadlineAt = useCallback(
    (now: number) => (deadline === undefined ? '' : deadlineText(deadline, now)),
    [deadline],
  );
  const first = text || place;
  const work = workload === null ? '' : workloadText(workload);
  return (
    <p className="tile-row tile-notes">
      <span className="tile-text" title={sentence || first || work}>
        {first || work}
      </span>
      {deadline !== undefined && <Clock className="tile-deadline" textAt={deadlineAt} />}
      {workload !== null && first !== '' && (
        <span className="tile-work" title={work}>
          <span aria-hidden="true">
            {workload.current}
            {workload.max !== null && `/${workload.max}`}
          </span>
          <span className="sr-only">{work}</span>
        </span>
      )}
    </p>
  );
}

function placeOf({ teamId, department }: Tile): string {
  return department ?? (teamId === null ? '' : `Team ${teamId}`);
}
