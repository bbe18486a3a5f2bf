import { memo, useCallback } from 'react';
import type { Tile } from '../../../../api/contract/tile.ts';
import { Clock } from '../parts/clock.tsx';
import { Icon } from '../parts/icon.tsx';
import { StatusShape } from '../parts/status-shape.tsx';
import { countdownText, deadlineText, sinceText } from './clock-text.ts';
import { type Notes, notesOf } from './notes.ts';
import { styleOf } from './status-style.ts';

export interface AgentTileProps {
  readonly tile: Tile;
  /** Whether there is room for notes. */
  readonly isDetailed: boolean;
}

/** One agent. Rendered anew only when the agent's tile is another; its clocks run by themselves. */
export const AgentTile = memo(function AgentTile({ tile, isDetailed }: AgentTileProps) {
  const { id, name, status, category, since, connectivity } = tile;
  const { label, shape } = styleOf(status, category);
  const notes = notesOf(tile);
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
    >
      <span className="tile-name" title={name}>
        {name}
      </span>
      <TileMark tile={tile} />
      <span className="tile-status">
        <StatusShape shape={shape} />
        <span className="tile-word">{label}</span>
        {notes.forced !== null && (
          <span className="tile-forced" title={notes.text}>
            <Icon name="forced" />
            {!isDetailed && <span className="sr-only">{notes.text}</span>}
          </span>
        )}
      </span>
      <Clock className="tile-clock" textAt={sinceAt} />
      {isDetailed && <TileNotes notes={notes} />}
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
      <span className="tile-mark tile-reconnecting" title="Connection lost: reconnecting, or gone when the time is up">
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

function TileNotes({ notes: { text, deadline, workload } }: { readonly notes: Notes }) {
  const deadlineAt = useCallback(
    (now: number) => (deadline === null ? '' : deadlineText(deadline, now)),
    [deadline],
  );
  return (
    <>
      <span className="tile-notes" title={text}>
        {text}
        {deadline !== null && (
          <>
            {text !== '' && ' · '}
            <Clock textAt={deadlineAt} />
          </>
        )}
      </span>
      {workload !== null && (
        <span className="tile-work" title="Tasks at hand, of how many at most">
          {workload}
          <span className="sr-only"> tasks</span>
        </span>
      )}
    </>
  );
}
