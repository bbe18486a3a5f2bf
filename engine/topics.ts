/**
 * Shows committed state to watchers. Fed by the committed feed alone; changes of a tick travel as one batch a topic,
 * one entry an agent, written once for all its watchers (SPEC G2).
 */
import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Offset } from './journal/port.ts';
import { Recent } from './recent.ts';
import type { AgentRecord } from './record.ts';
import { type Places } from './places.ts';
import { ownSubject, type Scope, subjectKey } from './scope.ts';
import { tileOf, type View } from './tile.ts';
import { type Moment, type Sent, Topic } from './topic.ts';

export interface TopicsOptions {
  readonly clock: Clock;
  /** Identity of the log that cursors count in. */
  readonly epoch: string;
  readonly tickMs: number;
  readonly places: Places;
  readonly population: Population;
}

/** Who is shown, as they now are. */
export interface Population {
  record(agentId: number): AgentRecord | null;
  /** Who stands in a scope. */
  idsIn(organisationId: number, scope: Scope): Iterable<number>;
}

/** What a topic is about. */
export interface Subject {
  readonly organisationId: number;
  readonly scope: Scope;
  readonly view: View;
}

const NOTHING: readonly string[] = [];
const SILENCE_MS = 5_000;
/** How long a topic that nobody watches keeps its window. */
const ABANDONED_MS = 300_000;

export class Topics implements Disposable {
  readonly #options: TopicsOptions;
  readonly #recent = new Recent();
  /** Tiles as JSON, once somebody has asked for them. */
  readonly #tiles: Readonly<Record<View, Map<number, string>>> = { basic: new Map(), full: new Map() };
  /** By organisation and scope; one for each view. */
  readonly #topics = new Map<string, Map<View, Topic>>();
  readonly #abandonedAt = new Map<Topic, number>();
  readonly #pulses: Disposable;
  #dirty = new Set<Topic>();
  #tick: Disposable | null = null;
  #offset: Offset = 0;

  constructor(options: TopicsOptions) {
    this.#options = options;
    this.#pulses = options.clock.every(1000, () => this.#tend());
  }

  /** Shows everybody as they are, there in the log; what went before can't be told. */
  begin(offset: Offset): void {
    this.#offset = offset;
    this.#recent.begin(offset);
  }

  /** An agent changed, as of that offset of the log. */
  publish(before: AgentRecord, after: AgentRecord, offset: Offset): void {
    const { id } = after.member;
    for (const tiles of Object.values(this.#tiles)) tiles.delete(id);
    this.#offset = offset;
    const subjects = this.#subjectsOf(after);
    for (const subject of subjects) this.#mark(subject, id, true);
    const left =
      before.member === after.member
        ? NOTHING
        : this.#subjectsOf(before).filter((subject) => !subjects.includes(subject));
    for (const subject of left) this.#mark(subject, id, false);
    this.#recent.note(id, offset, left);
  }

  /** How many tiles are kept at hand. */
  get tiles(): number {
    return this.#tiles.basic.size + this.#tiles.full.size;
  }

  /** Everybody in a scope, with the cursor that a watcher goes on from. */
  board(subject: Subject): { readonly asOf: number; readonly cursor: string; readonly tilesJson: string } {
    const topic = this.topic(subject);
    return { asOf: this.#options.clock.now(), cursor: topic.cursor, tilesJson: topic.tilesJson() };
  }

  /**
   * Begins to watch: what the watcher needs first — what it missed since `cursor`, or a snapshot — and then, through
   * `hear`, every further batch and pulse. Disposing ends it.
   */
  watch(
    subject: Subject,
    cursor: string | null,
    hear: (sent: Sent) => void,
  ): Disposable & { readonly first: Sent } {
    const topic = this.topic(subject);
    const asOf = this.#options.clock.now();
    const first = (cursor === null ? null : topic.resume(cursor, asOf)) ?? topic.snapshot(asOf);
    const listening = topic.listen(hear);
    return { first, [Symbol.dispose]: () => listening[Symbol.dispose]() };
  }

  /** The topic of a subject, with the running tick ended: it shows everything that was acknowledged before. */
  topic({ organisationId, scope, view }: Subject): Topic {
    this.#endTick();
    const key = subjectKey(organisationId, scope);
    const views = this.#topics.get(key) ?? new Map<View, Topic>();
    this.#topics.set(key, views);
    const present = views.get(view);
    if (present !== undefined) {
      this.#abandonedAt.delete(present);
      return present;
    }
    const { epoch, population } = this.#options;
    const members = new Set(population.idsIn(organisationId, scope));
    const topic = new Topic({
      tag: createHash('sha256').update(`${epoch} ${key} ${view}`).digest('base64url').slice(0, 12),
      past: { ...this.#recent.in(key, members), offset: this.#offset },
      members,
      tileJson: (agentId) => this.#tileJson(agentId, view),
    });
    views.set(view, topic);
    return topic;
  }

  [Symbol.dispose](): void {
    this.#pulses[Symbol.dispose]();
    this.#tick?.[Symbol.dispose]();
  }

  /** Names of what an agent is in. */
  #subjectsOf({ member }: AgentRecord): readonly string[] {
    if (!member.active) return NOTHING;
    return [ownSubject(member), ...this.#options.places.of(member).subjects];
  }

  #mark(key: string, agentId: number, isMember: boolean): void {
    for (const topic of this.#topics.get(key)?.values() ?? []) {
      topic.mark(agentId, this.#offset, isMember);
      this.#dirty.add(topic);
    }
    if (this.#dirty.size > 0)
      this.#tick ??= this.#options.clock.after(this.#options.tickMs, () => this.#endTick());
  }

  #endTick(): void {
    this.#tick?.[Symbol.dispose]();
    this.#tick = null;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    const moment = this.#moment();
    for (const topic of dirty) topic.flush(this.#offset, moment);
  }

  #moment(): Moment {
    const { clock } = this.#options;
    return { asOf: clock.now(), monotonic: clock.monotonic() };
  }

  /** Once a second: pulses, and topics that nobody has watched for long are let go. */
  #tend(): void {
    const moment = this.#moment();
    const { monotonic: now } = moment;
    for (const [key, views] of this.#topics) {
      for (const [view, topic] of views) {
        topic.pulse(moment, SILENCE_MS);
        if (topic.watchers > 0) this.#abandonedAt.delete(topic);
        else if (!this.#abandonedAt.has(topic)) this.#abandonedAt.set(topic, now);
        else if (now - (this.#abandonedAt.get(topic) ?? now) > ABANDONED_MS) {
          views.delete(view);
          this.#abandonedAt.delete(topic);
        }
      }
      if (views.size === 0) this.#topics.delete(key);
    }
    // Nobody is shown any more.
    if (this.#topics.size === 0) for (const tiles of Object.values(this.#tiles)) tiles.clear();
  }

  #tileJson(agentId: number, view: View): string {
    const tiles = this.#tiles[view];
    const held = tiles.get(agentId);
    if (held !== undefined) return held;
    const record = this.#options.population.record(agentId);
    if (record === null) throw new TypeError(`agent ${agentId} is not shown`);
    const json = JSON.stringify(tileOf(record, view));
    tiles.set(agentId, json);
    return json;
  }
}
