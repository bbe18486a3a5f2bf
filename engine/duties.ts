/** What becomes of an agent's duty: which status it turns to, and how long it may last. Pure questions, for the rules. */
import type { Category, Context, ForcedNext } from './axes.ts';
import { OFFLINE, type Status } from './catalogue.ts';
import type { Circumstances, Opening, Stimulus } from './inputs.ts';
import { extensionMs, idleLimitMs, type Law, limitMs, loginStatus } from './law.ts';
import type { Role } from './member.ts';

/** A status to turn to; `offline` for a log-out. */
export type Destination = Pick<Status, 'code' | 'category'>;

/** So long before the time of a duty is over the agent is told. */
export const WARNED_MS = 120_000;
/** So long after the agent the supervisors are told. */
export const ESCALATED_MS = 60_000;

/** Where the stimulus leads the duty; null where it stays. */
export function destinationOf(context: Context, stimulus: Stimulus): Destination | null {
  switch (stimulus.type) {
    case 'open':
      return context.dutyCode === null || isAhead(stimulus) ? stimulus.named : null;
    case 'choose':
      if (!permitted(context, stimulus.named, stimulus)) return null;
      return logOutDue(context, stimulus) ?? stimulus.named;
    case 'work':
      return logOutDue(context, stimulus) ?? queuedDue(context, stimulus);
    case 'overrun':
      if (!isOverrun(context, stimulus.now)) return null;
      return (
        logOutDue(context, stimulus) ?? queuedDue(context, stimulus) ?? afterOverrun(context, stimulus.law)
      );
    default:
      return null;
  }
}

/** The client knows more than we do: what it holds can't go on, and a fresh log-in takes its place (C9). */
export function isAhead({ resume, seq }: Pick<Opening, 'resume'> & Pick<Circumstances, 'seq'>): boolean {
  return resume !== null && resume.seq > seq;
}

/** Whether there is something that a status may wait behind: a task, or a wrap-up (D4). */
export function isAtWork(context: Context, law: Law): boolean {
  return context.current > 0 || dutyCategory(context, law) === 'wrap_up';
}

/** The override that waited for this; null where none did. */
export function forcedDue(context: Context, stimulus: Stimulus): ForcedNext | null {
  const { forcedNext } = context;
  if (forcedNext === null) return null;
  return comesDue(context, stimulus) || endsWrapUp(context, stimulus) ? forcedNext : null;
}

/** The log-out that waited for this; null where none did. */
export function logOutDue(context: Context, stimulus: Stimulus): Destination | null {
  const forced = forcedDue(context, stimulus);
  return forced?.category === OFFLINE ? forced : null;
}

function queuedDue(context: Context, stimulus: Stimulus): Destination | null {
  return context.queued !== null && comesDue(context, stimulus) ? context.queued : null;
}

/** The last task is over, and no wrap-up follows; or the time of the wrap-up is. */
function comesDue(context: Context, stimulus: Stimulus): boolean {
  switch (stimulus.type) {
    case 'work':
      return (
        context.current > 0 && stimulus.current === 0 && dutyCategory(context, stimulus.law) !== 'wrap_up'
      );
    case 'overrun':
      return isOverrun(context, stimulus.now) && dutyCategory(context, stimulus.law) === 'wrap_up';
    default:
      return false;
  }
}

/** The agent ends a wrap-up, and is in no task. */
function endsWrapUp(context: Context, stimulus: Stimulus): boolean {
  return (
    stimulus.type === 'choose' &&
    context.current === 0 &&
    stimulus.named.category !== 'wrap_up' &&
    dutyCategory(context, stimulus.law) === 'wrap_up' &&
    permitted(context, stimulus.named, stimulus)
  );
}

/** Whether the agent may go from its duty to `named` (A9). The same code again is always allowed (A10), nothing while held (E1). */
export function permitted(
  context: Context,
  named: Pick<Status, 'code'>,
  { law, role }: { readonly law: Law; readonly role: Role },
): boolean {
  if (context.dutyCode === null || context.forced?.hold === true) return false;
  return named.code === context.dutyCode || law.catalogue.permits(role, context.dutyCode, named);
}

/** The time of the duty is over, and nobody has found so yet. Nothing is guessed of an agent who is reconnecting (A5). */
export function isOverrun({ limitUntil, overAt, graceUntil }: Context, now: number): boolean {
  return limitUntil !== null && overAt === null && graceUntil === null && now >= limitUntil;
}

/** What follows when the time is over (A8); null where the agent is only told. A wrap-up always ends (D3). */
function afterOverrun(context: Context, law: Law): Destination | null {
  const { catalogue } = law;
  const otherwise =
    dutyCategory(context, law) === 'wrap_up' ? (catalogue.duty('available') ?? loginStatus(law)) : null;
  const onOverrun = dutyStatus(context, law)?.onOverrun;
  switch (onOverrun?.action) {
    case 'set': {
      const set = catalogue.duty(onOverrun.code);
      return set === null || set.code === context.dutyCode ? otherwise : set;
    }
    case 'log_out':
      return catalogue.status(OFFLINE);
    default:
      return otherwise;
  }
}

/** When the agent is to be told that the time is nearly over; null where there is nothing to tell. */
export function warnedAt(context: Context, law: Law): number | null {
  const { limitUntil, dutySince } = context;
  if (limitUntil === null || dutyCategory(context, law) === 'wrap_up') return null;
  const at = limitUntil - WARNED_MS;
  return at > dutySince ? at : null;
}

/** When the time of the duty is over by the law as it stands; null for never. */
export function limitOf(context: Context, law: Law): number | null {
  const duty = dutyStatus(context, law);
  const limit = duty === null ? null : limitMs(law, duty);
  return limit === null ? null : context.dutySince + limit + context.extendedMs;
}

/** Why the agent can't have more time; null where it can (D2). */
export function refusesExtension(
  context: Context,
  { now, law }: Pick<Circumstances, 'now' | 'law'>,
): string | null {
  if (context.limitUntil === null || dutyCategory(context, law) !== 'break')
    return 'no break with an end to extend';
  if (context.extendedMs > 0) return 'the break was extended already';
  if (extensionMs(law) === 0) return 'breaks are not extended here';
  return context.limitUntil + extensionMs(law) <= now ? 'the break is over for too long' : null;
}

/** The duty's idle limit in milliseconds; null while there is none. */
export function dutyIdleLimitMs(context: Context, law: Law): number | null {
  const duty = dutyStatus(context, law);
  return duty === null ? null : idleLimitMs(law, duty);
}

export function dutyCategory(context: Context, law: Law): Category | 'offline' | null {
  return dutyStatus(context, law)?.category ?? null;
}

function dutyStatus({ dutyCode }: Context, { catalogue }: Law): Status | null {
  return dutyCode === null ? null : catalogue.status(dutyCode);
}
