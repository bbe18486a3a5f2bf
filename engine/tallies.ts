import type { Member } from './member.ts';
import { overSince } from './overrun.ts';
import type { AgentRecord } from './record.ts';
import { type Scope, scopeKey, sharedSubjectKeys, subjectKey } from './scope.ts';
import { type Stay, Tally } from './tally.ts';

interface Counted extends Stay {
  readonly counter: Counter;
}

/** A tally, with the keys of the scopes that hold its agents. */
interface Counter {
  readonly tally: Tally;
  readonly keys: readonly string[];
}

/**
 * Counts agents by place. A scope is a union of places, so that a change is counted once, whatever may be asked, and
 * asking costs as much as there are places in the scope, not agents.
 */
export class Tallies {
  readonly #onChanged: (key: string) => void;
  readonly #counted = new Map<number, Counted>();
  readonly #counters = new Map<string, Counter>();
  readonly #byScope = new Map<string, Set<Tally>>();

  /** `onChanged` is called with the key of each scope whose summary may have become another. */
  constructor(onChanged: (key: string) => void) {
    this.#onChanged = onChanged;
  }

  /** Counts an agent as it now is. */
  count(record: AgentRecord): void {
    const counted = this.#counted.get(record.member.id);
    if (counted === undefined) this.#add(record);
    else if (counted.record.member === record.member) this.#recount(counted, record);
    else {
      this.#remove(counted);
      this.#add(record);
    }
  }

  /** The tallies that a scope is made of. */
  in(organisationId: number, scope: Scope): Iterable<Tally> {
    if ('agentId' in scope) return this.#alone(organisationId, scope.agentId);
    return this.#byScope.get(subjectKey(organisationId, scopeKey(scope))) ?? [];
  }

  #alone(organisationId: number, agentId: number): Iterable<Tally> {
    const record = this.#counted.get(agentId)?.record;
    if (record?.member.organisationId !== organisationId) return [];
    const tally = new Tally(record.member);
    tally.add({ record, at: 0 });
    return [tally];
  }

  /** Of the same member; in the same place, therefore. */
  #recount(counted: Counted, record: AgentRecord): void {
    const isAlike = countsAlike(counted.record, record);
    const { tally } = counted.counter;
    if (!isAlike) tally.remove(counted);
    counted.record = record;
    if (isAlike) return;
    tally.add(counted);
    this.#changed(counted);
  }

  #add(record: AgentRecord): void {
    const { member } = record;
    if (!member.active) return;
    const counter = this.#counterOf(member);
    const counted: Counted = { record, at: 0, counter };
    counter.tally.add(counted);
    this.#counted.set(member.id, counted);
    this.#changed(counted);
  }

  #remove(counted: Counted): void {
    const { record, counter } = counted;
    this.#counted.delete(record.member.id);
    counter.tally.remove(counted);
    if (counter.tally.size === 0) this.#close(counter);
    this.#changed(counted);
  }

  #changed({ record: { member }, counter }: Counted): void {
    for (const key of counter.keys) this.#onChanged(key);
    this.#onChanged(subjectKey(member.organisationId, scopeKey({ agentId: member.id })));
  }

  #counterOf(member: Member): Counter {
    const name = placeName(member);
    const present = this.#counters.get(name);
    if (present !== undefined) return present;
    const made: Counter = { tally: new Tally(member), keys: sharedSubjectKeys(member) };
    this.#counters.set(name, made);
    for (const key of made.keys)
      this.#byScope.set(key, (this.#byScope.get(key) ?? new Set()).add(made.tally));
    return made;
  }

  #close({ tally, keys }: Counter): void {
    this.#counters.delete(placeName(tally.place));
    for (const key of keys) {
      const tallies = this.#byScope.get(key);
      tallies?.delete(tally);
      if (tallies?.size === 0) this.#byScope.delete(key);
    }
  }
}

function placeName({ organisationId, teamId, department, onBoard }: Tally['place']): string {
  return JSON.stringify([organisationId, teamId, department, onBoard]);
}

function countsAlike(a: AgentRecord, b: AgentRecord): boolean {
  return (
    a.status === b.status &&
    a.since === b.since &&
    a.connectivity === b.connectivity &&
    a.routable === b.routable &&
    a.flapping?.since === b.flapping?.since &&
    overSince(a) === overSince(b)
  );
}
