import type { Member } from './member.ts';
import { overSince } from './overrun.ts';
import type { Place, Places } from './places.ts';
import { type Scope, subjectKey } from './scope.ts';
import { type Countable, type Counted, type People, Tally } from './tally.ts';

export interface TalliesOptions {
  readonly places: Places;
  readonly people: People;
  /** Called where the summaries of a place's scopes, and that of the member's own, may have become others. */
  readonly onChanged: (place: Place, member: Pick<Member, 'id' | 'organisationId'>) => void;
}

/** To whom nothing has happened yet. */
const ABSENT: Countable = {
  status: 'offline',
  category: 'offline',
  connectivity: 'disconnected',
  routable: false,
  limit: 'none',
  limitUntil: null,
  flapping: null,
};

/**
 * Counts agents by place. A scope is a union of places, so that a change is counted once, whatever may be asked, and
 * asking costs as much as there are places in the scope, not agents.
 */
export class Tallies {
  readonly #options: TalliesOptions;
  readonly #tallies = new Map<Place, Tally>();
  readonly #bySubject = new Map<string, Set<Tally>>();

  constructor(options: TalliesOptions) {
    this.#options = options;
  }

  /** An agent was so, or not known, and is so. */
  change(before: Counted | null, after: Counted): void {
    if (before !== null && before.member === after.member && countsAlike(before, after)) return;
    if (before?.member.active === true) this.#remove(before);
    if (after.member.active) this.#add(after);
  }

  /** One more active member of a place to whom nothing has happened yet. */
  addAbsent(place: Place): void {
    this.#tallyOf(place).count(ABSENT, 1);
  }

  /** The tallies that a scope is made of. */
  in(organisationId: number, scope: Scope): Iterable<Tally> {
    if ('agentId' in scope) return this.#alone(organisationId, scope.agentId);
    return this.#bySubject.get(subjectKey(organisationId, scope)) ?? [];
  }

  #alone(organisationId: number, agentId: number): Iterable<Tally> {
    const { places, people } = this.#options;
    const record = people.record(agentId);
    if (record === null || record.member.organisationId !== organisationId || !record.member.active)
      return [];
    const tally = new Tally(places.of(record.member), people);
    tally.add(record);
    return [tally];
  }

  #add(record: Counted): void {
    const { places, onChanged } = this.#options;
    const place = places.of(record.member);
    this.#tallyOf(place).add(record);
    onChanged(place, record.member);
  }

  #remove(record: Counted): void {
    const { places, onChanged } = this.#options;
    const place = places.of(record.member);
    const tally = this.#tallyOf(place);
    tally.remove(record);
    if (tally.size === 0) this.#close(tally);
    onChanged(place, record.member);
  }

  #tallyOf(place: Place): Tally {
    const present = this.#tallies.get(place);
    if (present !== undefined) return present;
    const made = new Tally(place, this.#options.people);
    this.#tallies.set(place, made);
    for (const subject of place.subjects)
      this.#bySubject.set(subject, (this.#bySubject.get(subject) ?? new Set()).add(made));
    return made;
  }

  #close(tally: Tally): void {
    this.#tallies.delete(tally.place);
    for (const subject of tally.place.subjects) {
      const tallies = this.#bySubject.get(subject);
      tallies?.delete(tally);
      if (tallies?.size === 0) this.#bySubject.delete(subject);
    }
  }
}

function countsAlike(a: Counted, b: Counted): boolean {
  return (
    a.status === b.status &&
    a.since === b.since &&
    a.connectivity === b.connectivity &&
    a.routable === b.routable &&
    a.flapping?.since === b.flapping?.since &&
    overSince(a) === overSince(b)
  );
}
