/**
 * Every scope at a glance, kept as agents change (tallies.ts). Fed by the committed feed alone.
 *
 * Whoever watches is told the summary, and a new one whenever it is another: soon, at most once a second, and at once
 * for all who watch the same.
 */
import { createHash } from 'node:crypto';
import { Census } from './census.ts';
import type { Clock } from './clock.ts';
import type { PlatformIncident } from './freezes.ts';
import type { Member } from './member.ts';
import { type Place, type Places, type Whereabouts } from './places.ts';
import type { Population } from './population.ts';
import { isOf, ownSubject, type Scope, subjectKey } from './scope.ts';
import { type Summary, summaryOf } from './summary.ts';
import { SummaryTopic } from './summary-topic.ts';
import { Tallies } from './tallies.ts';
import type { Counted, People, Tally } from './tally.ts';
import type { View } from './tile.ts';
import type { Sent } from './topic.ts';
import type { Subject } from './topics.ts';

export interface SummariesOptions {
  readonly clock: Clock;
  readonly tickMs: number;
  readonly places: Places;
  readonly people: People;
  /** What is wrong with the platform for an organisation; null for nothing. */
  readonly incident: (organisationId: number) => PlatformIncident | null;
}

const SILENCE_MS = 5_000;

export class Summaries implements Disposable {
  readonly #options: SummariesOptions;
  readonly #tallies: Tallies;
  /** Those that somebody watches; by organisation and scope, one for each view. */
  readonly #topics = new Map<string, Map<View, SummaryTopic>>();
  readonly #pulses: Disposable;
  /** Of those whom a start has found; null when it is over. */
  #census: Census | null = null;

  constructor(options: SummariesOptions) {
    this.#options = options;
    const { places, people } = options;
    this.#tallies = new Tallies({ places, people, onChanged: (place, member) => this.#mark(place, member) });
    this.#pulses = options.clock.every(1000, () => this.#pulse());
  }

  /** Everybody to whom something has happened counts: each when their turn comes, or when somebody asks. */
  begin(population: Population): void {
    this.#census = new Census(population, (counted) => this.#tallies.change(null, counted));
  }

  /** Goes on with that while there is time for it; whether more is left. */
  beginNext(hasTime: () => boolean): boolean {
    const isMore = this.#census?.next(hasTime) ?? false;
    if (!isMore) this.#census = null;
    return isMore;
  }

  /** An agent was so, or not known, and is so from now on. */
  publish(before: Counted | null, after: Counted): void {
    if (this.#census?.awaits(after.member.id) !== true) this.#tallies.change(before, after);
  }

  /** There is one more active member to whom nothing has happened yet. */
  addAbsent(whereabouts: Whereabouts): void {
    this.#tallies.addAbsent(this.#options.places.of(whereabouts));
  }

  /** What is wrong with the platform became something else. */
  incidentChanged(organisationId: number): void {
    for (const subject of this.#topics.keys()) if (isOf(organisationId, subject)) this.#markSubject(subject);
  }

  /** How many agents are in a scope. */
  total({ organisationId, scope }: Omit<Subject, 'view'>): number {
    let total = 0;
    for (const { size } of this.#talliesIn(organisationId, scope)) total += size;
    return total;
  }

  read({ organisationId, scope, view }: Subject): Summary {
    const platform = this.#options.incident(organisationId);
    return summaryOf([...this.#talliesIn(organisationId, scope)], { view, platform });
  }

  /** A name that nothing else has which is sent to many. */
  tag(subject: Subject): string {
    return createHash('sha256')
      .update(`summary ${subject.view} ${keyOf(subject)}`)
      .digest('base64url')
      .slice(0, 16);
  }

  /** Names the summary that all who listen have. */
  cursor(subject: Subject): string {
    return this.#topic(subject).cursor;
  }

  /** Hears every summary and pulse from here on, for somebody who holds `cursor`. Disposing ends it. */
  listen(subject: Subject, hear: (sent: Sent) => void): Disposable {
    const topic = this.#topic(subject);
    return this.#attend(subject, topic, topic.listen(topic.cursor, hear));
  }

  /**
   * Begins to watch: what the watcher needs first — the summary, or a pulse where it is the one that `cursor` names —
   * and then, through `hear`, every further one. Disposing ends it.
   */
  watch(
    subject: Subject,
    cursor: string | null,
    hear: (sent: Sent) => void,
  ): Disposable & { readonly first: Sent } {
    const topic = this.#topic(subject);
    const first = topic.first(cursor);
    const attending = this.#attend(subject, topic, topic.listen(first.cursor, hear));
    return { first, [Symbol.dispose]: () => attending[Symbol.dispose]() };
  }

  [Symbol.dispose](): void {
    this.#pulses[Symbol.dispose]();
    for (const topic of this.#watched()) topic[Symbol.dispose]();
    this.#topics.clear();
  }

  #talliesIn(organisationId: number, scope: Scope): Iterable<Tally> {
    // One agent's own are counted when they are asked for.
    if (!('agentId' in scope)) this.beginNext(() => true);
    return this.#tallies.in(organisationId, scope);
  }

  #topic(subject: Subject): SummaryTopic {
    const { clock, tickMs } = this.#options;
    const watched = this.#topics.get(keyOf(subject))?.get(subject.view);
    return (
      watched ??
      new SummaryTopic({ clock, tickMs, tag: this.tag(subject), summary: () => this.read(subject) })
    );
  }

  /** A topic is kept while somebody listens to it. */
  #attend(subject: Subject, topic: SummaryTopic, listening: Disposable): Disposable {
    const key = keyOf(subject);
    const views = this.#topics.get(key) ?? new Map<View, SummaryTopic>();
    this.#topics.set(key, views.set(subject.view, topic));
    return {
      [Symbol.dispose]: () => {
        listening[Symbol.dispose]();
        if (topic.watchers > 0 || views.get(subject.view) !== topic) return;
        topic[Symbol.dispose]();
        views.delete(subject.view);
        if (views.size === 0) this.#topics.delete(key);
      },
    };
  }

  #mark(place: Place, member: Pick<Member, 'id' | 'organisationId'>): void {
    if (this.#topics.size === 0) return;
    for (const subject of place.subjects) this.#markSubject(subject);
    this.#markSubject(ownSubject(member));
  }

  #markSubject(subject: string): void {
    for (const topic of this.#topics.get(subject)?.values() ?? []) topic.mark();
  }

  #pulse(): void {
    const { clock } = this.#options;
    const moment = { asOf: clock.now(), monotonic: clock.monotonic() };
    for (const topic of this.#watched()) topic.pulse(moment, SILENCE_MS);
  }

  *#watched(): Iterable<SummaryTopic> {
    for (const views of this.#topics.values()) yield* views.values();
  }
}

function keyOf({ organisationId, scope }: Subject): string {
  return subjectKey(organisationId, scope);
}
