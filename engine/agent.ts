/**
 * One agent: what is known (the record), what an input makes of it (decide), and how an event changes it (apply).
 *
 * All three are pure. A record is always committed state: nothing is folded into it before the journal has it.
 */
import { postponed } from './awaited.ts';
import type { Mutable, Session } from './axes.ts';
import { OFFLINE, type Status } from './catalogue.ts';
import { isAhead, isAtWork, permitted, refusesExtension } from './duties.ts';
import { effective } from './effective.ts';
import { type Refusal, refuse } from './errors.ts';
import { type AgentEvent, type Changes, type Effect, eventType } from './events.ts';
import type {
  Choice,
  Circumstances,
  ClockInput,
  Command,
  CommandId,
  Input,
  MasterDataInput,
  Stimulus,
} from './inputs.ts';
import { type Law, loginStatus } from './law.ts';
import { sameMember } from './member.ts';
import { type AgentRecord, CHANGEABLE, copyRecord } from './record.ts';
import { sessionOf } from './sessions.ts';
import { move, type Table } from './table.ts';
import { tileOf } from './tile.ts';

export type Decision =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nothing to journal: what was asked for is so already. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly event: AgentEvent };

/** Under what an input is judged. */
export interface Bench {
  readonly table: Table;
  readonly law: Law;
  /** Epoch milliseconds. */
  readonly now: number;
  /** As in the circumstances. */
  readonly frozenUntil: number | null;
  readonly command?: CommandId | undefined;
  /** The seq that the sender believes in (B7). */
  readonly expectSeq?: number | undefined;
}

export function decide(record: AgentRecord, wish: Input, bench: Bench): Decision {
  const input = asMeant(wish, record, bench.law);
  const refusal = judge(record, input, bench);
  if (refusal !== null) return { kind: 'refused', refusal };
  if (repeats(record, input)) return { kind: 'unchanged' };

  const at = Math.max(bench.now, record.lastAt);
  const drafted = draft(record, input, { ...bench, now: at });
  if (drafted === null) return { kind: 'unchanged' };
  const changed = difference(record, drafted.record);
  if (Object.keys(changed).length === 0) return { kind: 'unchanged' };
  // The first event says who the agent is: so the history can tell what master data changed while nobody looked.
  const set = record.seq === 0 ? { ...changed, member: drafted.record.member } : changed;

  const session = sessionNamedBy(input, drafted.record) ?? sessionNamedBy(input, record);
  const event: AgentEvent = {
    type: eventType(input),
    agent: record.member.id,
    organisation: record.member.organisationId,
    seq: record.seq + 1,
    at,
    ...('by' in input && { by: input.by }),
    ...('reason' in input && input.reason !== null && { reason: input.reason }),
    ...(session !== null && {
      session: { id: session.id, device: session.device, address: session.address },
    }),
    ...(bench.command !== undefined && { command: bench.command }),
    ...(input.type === 'open' && isAhead({ ...input, seq: record.seq }) && { ahead: input.resume?.seq ?? 0 }),
    ...(set.status !== undefined && { cause: drafted.record.cause, previous: record.status }),
    ...(drafted.effects.length > 0 && { effects: drafted.effects }),
    set,
  };
  return { kind: 'changed', event };
}

/** The record after the event. No guards: what was decided, happened. */
export function apply(record: AgentRecord, event: AgentEvent): AgentRecord {
  const after = Object.assign(copyRecord(record), event.set);
  after.seq = event.seq;
  after.lastAt = event.at;
  return after;
}

/** What is for later comes now where there is nothing to wait for (D4). Choosing or forcing `offline` means log-out (A8, C3, E1). */
function asMeant(input: Input, record: AgentRecord, law: Law): Input {
  switch (input.type) {
    case 'queue':
      return isAtWork(record, law) ? input : asMeant({ ...input, type: 'choose' }, record, law);
    case 'queue_force':
      return isAtWork(record, law) ? input : asMeant({ ...input, type: 'force' }, record, law);
    case 'choose': {
      const { status, reason, session, by } = input;
      return status === OFFLINE ? { type: 'leave', cause: 'agent', reason, session, by } : input;
    }
    case 'force': {
      const { status, reason, by } = input;
      return status === OFFLINE ? { type: 'leave', cause: 'override', reason, session: null, by } : input;
    }
    default:
      return input;
  }
}

/** Why a command can't be carried out; null where it can. */
function judge(record: AgentRecord, input: Input, { law, now, expectSeq }: Bench): Refusal | null {
  if (expectSeq !== undefined && expectSeq !== record.seq) {
    return refuse('CONFLICT', `the agent is at ${record.seq}, not at ${expectSeq}`, currentOf(record));
  }
  switch (input.type) {
    case 'choose':
    case 'queue':
      return isConnected(record, input.session) ? judgeChoice(record, input, law) : notConnected();
    case 'work':
      return isConnected(record, input.session) ? null : notConnected();
    case 'extend':
      return isConnected(record, input.session)
        ? judgeExtension(record, input, { law, now: Math.max(now, record.lastAt) })
        : notConnected();
    case 'force':
    case 'queue_force':
      if (record.connectivity === 'disconnected') return notConnected();
      return nameable(input, law) === null ? unknownStatus(input.status, forceable(law)) : null;
    case 'release':
      return record.override === 'none' && record.forcedNext === null
        ? refuse('CONFLICT', 'no override stands or waits', currentOf(record))
        : null;
    case 'leave':
      if (input.cause === 'override' && record.connectivity === 'disconnected') return notConnected();
      return null;
    default:
      return null;
  }
}

function currentOf(record: AgentRecord): Pick<Refusal, 'current'> {
  return { current: { seq: record.seq, tile: tileOf(record, 'full') } };
}

function judgeChoice(
  record: AgentRecord,
  input: Extract<Command, { type: 'choose' | 'queue' }>,
  law: Law,
): Refusal | null {
  const named = nameable(input, law);
  if (named === null) return unknownStatus(input.status, allowedNow(record, law));
  // To log out, now or later, is everybody's right.
  if (named.category === OFFLINE) return null;
  if (!permitted(record, named, { law, role: record.member.role })) {
    const why =
      record.override === 'held'
        ? 'a supervisor holds the status'
        : `${named.code} may not follow ${record.dutyCode}`;
    return refuse('TRANSITION_NOT_ALLOWED', why, { allowed: allowedNow(record, law) });
  }
  return named.reasonRequired && !input.reason
    ? refuse('REASON_REQUIRED', `${named.code} needs a reason`, { allowed: allowedNow(record, law) })
    : null;
}

/** The status that an input may name; a log-out by that name only for later. Null for any other. */
function nameable(input: Extract<Command, { readonly status: string }>, { catalogue }: Law): Status | null {
  const isForLater = input.type === 'queue' || input.type === 'queue_force';
  return isForLater && input.status === OFFLINE ? catalogue.status(OFFLINE) : catalogue.duty(input.status);
}

function judgeExtension(
  record: AgentRecord,
  input: Extract<Command, { type: 'extend' }>,
  circumstances: Pick<Circumstances, 'now' | 'law'>,
): Refusal | null {
  const why = refusesExtension(record, circumstances);
  if (why !== null) return refuse('CONFLICT', why, currentOf(record));
  return input.reason === '' ? refuse('REASON_REQUIRED', 'an extension needs a reason') : null;
}

/** The codes that the agent may choose now (A9). */
export function allowedNow(record: AgentRecord, law: Law): readonly string[] {
  if (record.dutyCode === null) return [];
  return record.override === 'held' ? [OFFLINE] : law.catalogue.allowed(record.member.role, record.dutyCode);
}

/** Whether what is asked for is so already. */
function repeats(record: AgentRecord, input: Input): boolean {
  switch (input.type) {
    // The same code again with the same reason, and nothing that the choice would end (A10).
    case 'choose':
      return (
        input.status === record.dutyCode &&
        input.reason === record.dutyReason &&
        record.override === 'none' &&
        record.queued === null &&
        record.activity === 'active'
      );
    case 'queue':
      return record.activity === 'active' && isQueued(record, input);
    // The late word of a session that is over: whoever logged in since then stays (C3).
    case 'leave':
      return input.session !== null && sessionOf(record.sessions, input.session) === null;
    default:
      return false;
  }
}

/** What is queued already; or nothing, where the duty itself is asked for. */
function isQueued({ queued, dutyCode }: AgentRecord, { status, reason }: Choice): boolean {
  return queued === null ? status === dutyCode : status === queued.code && reason === queued.reason;
}

function draft(
  record: AgentRecord,
  input: Input,
  { table, law, now, frozenUntil }: Bench,
): { record: AgentRecord; effects: readonly Effect[] } | null {
  if (input.type === 'profile')
    return sameMember(record.member, input.member)
      ? null
      : { record: { ...record, member: input.member }, effects: [] };
  if (input.type === 'postpone')
    return input.byMs === 0 ? null : { record: postponed(record, input.byMs), effects: [] };
  const stimulus = stimulusOf(input, {
    now,
    law,
    role: record.member.role,
    seq: record.seq,
    frozenUntil,
  });
  if (stimulus === null) return null;
  const after = copyRecord(record);
  const effects = move(table, after, stimulus);
  // Another law may show in what everybody sees, also where no region reacts.
  if (effects === null && input.type !== 'review') return null;
  return { record: seen(after, record, { law, now }), effects: effects ?? [] };
}

/** What everybody sees of `after`, which followed `before`. Written into it. */
function seen(
  after: Mutable<AgentRecord>,
  before: AgentRecord,
  { law, now }: Pick<Bench, 'law' | 'now'>,
): AgentRecord {
  Object.assign(after, effective(after, law));
  if (after.status !== before.status) after.since = now;
  return after;
}

/** Null where the input names what the catalogue doesn't have. */
function stimulusOf(
  input: Exclude<Input, MasterDataInput | ClockInput>,
  { now, law, role, seq, frozenUntil }: Circumstances,
): Stimulus | null {
  switch (input.type) {
    case 'open':
      return { now, law, role, seq, frozenUntil, named: loginStatus(law), ...input };
    case 'choose':
    case 'force': {
      const named = law.catalogue.duty(input.status);
      return named === null ? null : { now, law, role, seq, frozenUntil, named, ...input };
    }
    case 'queue':
    case 'queue_force': {
      const named = nameable(input, law);
      return named === null ? null : { now, law, role, seq, frozenUntil, named, ...input };
    }
    default:
      return { now, law, role, seq, frozenUntil, ...input };
  }
}

function difference(before: AgentRecord, after: AgentRecord): Partial<Changes> {
  const changed: Record<string, unknown> = {};
  for (const field of CHANGEABLE) if (before[field] !== after[field]) changed[field] = after[field];
  return changed;
}

/** The session that the input is of: of a hello the one that it began, else the one that goes on. */
function sessionNamedBy(input: Input, { sessions }: AgentRecord): Session | null {
  if (!('session' in input) || input.session === null) return null;
  const own = sessionOf(sessions, input.session);
  if (own !== null || input.type !== 'open' || input.resume === null) return own;
  return sessionOf(sessions, input.resume.session);
}

/** Commands of a session need that session alive; commands without one need an agent who is here. */
function isConnected(record: AgentRecord, session: string | null): boolean {
  if (session === null) return record.connectivity !== 'disconnected';
  return sessionOf(record.sessions, session)?.lostAt === null;
}

function notConnected(): Refusal {
  return refuse('NOT_CONNECTED', 'the agent is not connected');
}

function unknownStatus(code: string, allowed: readonly string[]): Refusal {
  return refuse('UNKNOWN_STATUS', `there is no status ${JSON.stringify(code)}`, { allowed });
}

function forceable({ catalogue }: Law): readonly string[] {
  return [
    ...catalogue.statuses.map(({ code }) => code).filter((code) => catalogue.duty(code) !== null),
    OFFLINE,
  ];
}
