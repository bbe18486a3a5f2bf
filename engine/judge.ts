/**
 * What is to come of a request when its turn has come. Nothing happens here but that an agent's own command counts as
 * activity, and that the last command that was refused is known (E2).
 */
import { decide } from './agent.ts';
import type { Clock } from './clock.ts';
import type { Activity } from './activity.ts';
import type { Actor } from './directory.ts';
import type { JournalEntry, Note } from './entries.ts';
import type { Refusal } from './errors.ts';
import type { AgentEvent } from './events.ts';
import type { Input } from './inputs.ts';
import type { Law } from './law.ts';
import type { AgentRecord } from './record.ts';
import type { NoteRequest, Pending, Request } from './requests.ts';
import type { Table } from './table.ts';
import type { Rejected } from './why.ts';

export interface JudgeOptions {
  readonly clock: Clock;
  readonly table: Table;
  readonly law: (organisationId: number) => Law;
  /** What is journalled with an event, on its account: both are, or neither. */
  readonly announce: (event: AgentEvent, before: AgentRecord) => readonly Note[];
  readonly activity: Activity;
}

export type Judgement =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nothing to journal. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly entries: readonly JournalEntry[] };

export class Judge {
  readonly #options: JudgeOptions;
  readonly #refusals = new Map<number, Rejected>();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  judge(actor: Actor, pending: Pending): Judgement {
    return 'write' in pending ? this.#note(actor, pending) : this.#decide(actor, pending);
  }

  /** The agent's own line of time, which stands while the wall clock lies behind what has happened (B3, D6). */
  nowOf({ lastAt }: AgentRecord): number {
    return Math.max(this.#options.clock.now(), lastAt);
  }

  /** When the agent was last seen active, on that line. */
  seenAt(record: AgentRecord, place: number): number {
    const { clock, activity } = this.#options;
    return Math.round(this.nowOf(record) - (clock.monotonic() - activity.at(place)));
  }

  /** The last command of an agent that was refused; null for none. */
  refusalAt(place: number): Rejected | null {
    return this.#refusals.get(place) ?? null;
  }

  #note(actor: Actor, { write, command }: NoteRequest): Judgement {
    const { clock, activity } = this.#options;
    if (command !== undefined) activity.seen(actor.place);
    const written = write(clock.now());
    if ('code' in written) return { kind: 'refused', refusal: written };
    return written.length === 0 ? { kind: 'unchanged' } : { kind: 'changed', entries: written };
  }

  #decide(actor: Actor, { input: wish, command, expectSeq, notBefore }: Pending & Request): Judgement {
    const { clock, table, law, announce, activity } = this.#options;
    const { record, place } = actor;
    const input = this.#asOfNow(actor, wish);
    if ('by' in input && input.by === record.member.id) activity.seen(place);

    const decision = decide(record, input, {
      table,
      law: law(record.member.organisationId),
      now: Math.max(clock.now(), notBefore),
      ...(command !== undefined && { command }),
      ...(expectSeq !== undefined && { expectSeq }),
    });
    if (decision.kind === 'refused')
      this.#refusals.set(place, rejected(input, decision.refusal, clock.now()));
    if (decision.kind !== 'changed') return decision;
    const { event } = decision;
    return { kind: 'changed', entries: [{ kind: 'event', event }, ...announce(event, record)] };
  }

  /** What waited may have been overtaken by activity: an agent is idle only since it was last seen. */
  #asOfNow({ record, place }: Actor, input: Input): Input {
    return input.type === 'idle' ? { type: 'idle', since: this.seenAt(record, place) } : input;
  }
}

function rejected({ type: command }: Input, { code, message }: Refusal, at: number): Rejected {
  return { at, command, code, message };
}
