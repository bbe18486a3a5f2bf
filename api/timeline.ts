import type { AgentKey } from '../engine/documents/port.ts';
import type { AgentEvent } from '../engine/events.ts';
import type { Timeline, TimelineEntry } from './contract/timeline.ts';
import { paged } from './errors.ts';
import type { Projections } from './projections.ts';

export interface TimelineQuery {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/**
 * What happened to an agent: whoever reads it sees what they did before. Documents that lag for longer are told as
 * they are, with how far they lag.
 * @throws RollcallError UNAVAILABLE, VALIDATION (cursor)
 */
export async function timelineOf(
  projections: Projections,
  agent: AgentKey,
  { cursor, ...range }: TimelineQuery,
): Promise<Timeline> {
  const lagMs = await projections.lagMs();
  const page = projections.documents.timeline(agent, { ...range, ...(cursor && { cursor }) });
  const { rows, next } = await paged(page);
  return { entries: rows.map(({ event }) => entryOf(event)), next, lagMs };
}

function entryOf(event: AgentEvent): TimelineEntry {
  const { seq, at, type, by, reason, cause, previous, session, ahead, set } = event;
  const { status, category, connectivity, dutyCode, limitUntil, activity, routable, current, max } = set;
  return {
    seq,
    at,
    type,
    ...given({ by, reason, cause, previous, session, ahead }),
    changed: given({
      status,
      category,
      connectivity,
      platformUntil: set.platformUntil,
      duty: dutyCode,
      deadline: limitUntil,
      activity,
      routable,
      current,
      max,
      override: codeOf(set.forced),
      queued: codeOf(set.queued),
      overrideQueued: codeOf(set.forcedNext),
    }),
  };
}

function codeOf(named: { readonly code: string } | null | undefined): string | null | undefined {
  return named === undefined ? undefined : (named?.code ?? null);
}

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** Without what is not there. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}
