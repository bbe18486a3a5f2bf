/** What a board shows of an agent, and which agents a scope has, by CONTRACT. */
import { connectivityOf, type ModelAgent, show } from './agent.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function tileOf(agent: ModelAgent, view: 'basic' | 'full'): Fields {
  const { person, override, flapping } = agent;
  const isShownAway = flapping !== null && connectivityOf(agent) === 'connected';
  const { status, category, cause, routable } = show(agent);
  const tile: Record<string, unknown> = {
    id: person.id,
    name: person.name,
    teamId: person.team,
    department: person.department,
    status,
    category,
    since: agent.since,
    connectivity: isShownAway ? 'reconnecting' : connectivityOf(agent),
    routable,
    seq: agent.seq,
  };
  const graceUntil = isShownAway ? flapping.until : agent.graceUntil;
  if (graceUntil !== null) tile['graceUntil'] = graceUntil;
  if (view === 'basic') return tile;
  tile['duty'] = agent.duty;
  tile['cause'] = cause;
  tile['current'] = agent.current;
  tile['max'] = agent.max;
  if (agent.limit !== null) tile['deadline'] = agent.limit.until;
  const queued = agent.forcedNext ?? agent.queued;
  if (queued !== null) tile['queued'] = queued.code;
  if (agent.idleSince !== null) tile['idleSince'] = agent.idleSince;
  if (override?.hold === true) tile['held'] = true;
  if (cause === 'agent') {
    tile['by'] = person.id;
    if (agent.dutyReason !== null) tile['reason'] = agent.dutyReason;
  }
  if (cause === 'override') {
    if (agent.duty !== null && override !== null) tile['by'] = override.by;
    const reason = agent.duty !== null && override !== null ? override.reason : agent.dutyReason;
    if (reason !== null) tile['reason'] = reason;
  }
  return tile;
}

export type ModelScope =
  | { readonly all: true }
  | { readonly teamId: number }
  | { readonly department: string }
  | { readonly agentId: number }
  | { readonly admin: true };

/** Whether the agent stands in that scope of its organisation. */
export function standsIn({ person }: ModelAgent, scope: ModelScope): boolean {
  if (!person.active) return false;
  if ('admin' in scope) return true;
  if ('agentId' in scope) return person.id === scope.agentId;
  if (!person.onBoard) return false;
  if ('teamId' in scope) return person.team === scope.teamId;
  if ('department' in scope) return person.department === scope.department;
  return true;
}

/** The first field in which the two differ; null where none does. */
export function differing(expected: Fields, actual: Fields): string | null {
  for (const field of Object.keys(expected)) if (expected[field] !== actual[field]) return field;
  for (const field of Object.keys(actual)) if (!(field in expected)) return field;
  return null;
}
