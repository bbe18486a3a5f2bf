/**
 * What is to come of a request when its turn has come. Nothing happens here but that an agent's own command counts as
 * activity, and that the last command that was refused is known (E2).
 */
import { apply } from './agent.ts';
import type { Clock } from './clock.ts';
import type { Activity } from './activity.ts';
import { decideRequest } from './deciding.ts';
import type { Actor } from './directory.ts';
import type { JournalEntry, Note } from './entries.ts';
import type { Refusal } from './errors.ts';
import type { AgentEvent } from './events.ts';
import type { Input } from './inputs.ts';
import type { Law } from './law.ts';
import type { Lines } from './lines.ts';
import type { Member } from './member.ts';
import type { AgentRecord } from './record.ts';
import type { NoteRequest, Pending, Request } from './requests.ts';
import type { Table } from './table.ts';
import { Traces } from './traces.ts';
import type { Rejected } from './why.ts';

export interface JudgeOptions {
  readonly clock: Clock;
  readonly table: Table;
  readonly law: (organisationId: number) => Law;
  /** Until when an agent's timers stand still, on a line where it is `now`; null while they run (C7). */
  readonly frozenUntil: (member: Member, now: number) => number | null;
  /** What is journalled with an event, on its account: both are, or neither. */
  readonly announce: (event: AgentEvent, before: AgentRecord) => readonly Note[];
  readonly activity: Activity;
  readonly lines: Lines;
}

export type Judgement =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nothing to journal. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly entries: readonly JournalEntry[] };

export class Judge {
  /** The last command of each agent that was refused. */
  readonly refusals = new Traces<Rejected>();
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  judge(actor: Actor, pending: Pending): Judgement {
    return 'write' in pending ? this.#note(actor, pending) : this.#decide(actor, pending);
  }

  /** When the agent was last seen active, on its own line of time. */
  seenAt(record: AgentRecord, place: number): number {
    const { clock, activity, lines } = this.#options;
    return Math.round(lines.nowOf(record, place) - (clock.monotonic() - activity.at(place)));
  }

  #note(actor: Actor, { write, command }: NoteRequest): Judgement {
    const { clock, activity } = this.#options;
    if (command !== undefined) activity.seen(actor.place);
    const written = write(clock.now());
    if ('code' in written) return { kind: 'refused', refusal: written };
    return written.length === 0 ? { kind: 'unchanged' } : { kind: 'changed', entries: written };
  }

  /** When a session on requests has had the last one, on that line; now, where that is not known. */
  requestedAt(record: AgentRecord, place: number, session: string): number {
    const { clock, activity, lines } = this.#options;
    const now = clock.monotonic();
    return Math.round(lines.nowOf(record, place) - (now - (activity.ofSession(place, session) ?? now)));
  }

  #decide(actor: Actor, request: Pending & Request): Judgement {
    const { clock, table, law, frozenUntil, activity, lines } = this.#options;
    const { record, place } = actor;
    const input = this.#asOfNow(actor, request.input);
    if ('by' in input && input.by === record.member.id) activity.seen(place);
    const now = Math.max(lines.nowOf(record, place), request.notBefore);

    const outcome = decideRequest(
      record,
      { ...request, input },
      {
        table,
        law: law(record.member.organisationId),
        now,
        frozenUntil: frozenUntil(record.member, now),
      },
    );
    if (outcome.kind === 'refused') {
      const refused = rejected(input, outcome.refusal, clock.now());
      this.refusals.leave(record.member.id, refused, refused.at);
    }
    return outcome.kind === 'changed'
      ? { kind: 'changed', entries: this.#entriesOf(record, outcome.events) }
      : outcome;
  }

  #entriesOf(record: AgentRecord, events: readonly AgentEvent[]): readonly JournalEntry[] {
    const { announce } = this.#options;
    let before = record;
    return events.flatMap((event) => {
      const notes = announce(event, before);
      before = apply(before, event);
      return [{ kind: 'event', event } as const, ...notes];
    });
  }

  /** What waited may have been overtaken, by activity or by the clock: an agent is idle only since it was last seen. */
  #asOfNow({ record, place }: Actor, input: Input): Input {
    switch (input.type) {
      case 'idle':
        return { type: 'idle', since: this.seenAt(record, place) };
      case 'lapse':
        if (input.since === null) return input;
        return { ...input, since: this.requestedAt(record, place, input.session) };
      case 'postpone':
        return { ...input, byMs: Math.max(input.byMs, this.#options.lines.skippedMs(record, place)) };
      default:
        return input;
    }
  }
}

function rejected({ type: command }: Input, { code, message }: Refusal, at: number): Rejected {
  return { at, command, code, message };
}
