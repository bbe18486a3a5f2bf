/**
 * The presence engine: who does what, kept by its rules, durable before it is seen.
 *
 * One direction: `dispatch` has a partition decide, the journal makes the decision true, and only the committed feed
 * changes records, topics and what listeners hear. No state lives outside the object that `createEngine` makes.
 */
import type { Answer } from './answers.ts';
import { Availability } from './availability.ts';
import type { Catalogue } from './catalogue.ts';
import type { Clock } from './clock.ts';
import type { CommittedBatch, Journal, Offset, Writer } from './journal/port.ts';
import type { Config, Law } from './law.ts';
import { machine } from './machine.ts';
import type { Member, Roster } from './member.ts';
import { type Committed, Partition } from './partition.ts';
import { Places } from './places.ts';
import type { AgentRecord } from './record.ts';
import type { Scope } from './scope.ts';
import { Summaries } from './summaries.ts';
import { compile } from './table.ts';
import type { Request } from './tenure.ts';
import { Topics } from './topics.ts';
import type { Why } from './why.ts';

/** How many parts the agents fall into. Fixed for life: the journal names them. */
export const PARTITIONS = 16;

export interface EngineOptions {
  /** Name of this node. */
  readonly node: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly catalogue: (organisationId: number) => Catalogue;
  readonly config: (organisationId: number) => Config;
  /** How long changes gather before they are shown, milliseconds. */
  readonly tickMs?: number;
}

export type Listener = (committed: Committed) => void;
export type LawListener = (organisationId: number) => void;

/** So many agents are looked at anew in one go when the law changes; then others have their turn. */
const REVIEWED_AT_ONCE = 256;

/** @throws JournalCorrupt when the log can't be read. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { journal, node, clock, catalogue, config } = options;
  const table = compile(machine.config);
  const law = (organisationId: number): Law => ({
    catalogue: catalogue(organisationId),
    config: config(organisationId),
  });
  const ids = Array.from({ length: PARTITIONS }, (_, id) => id);
  const partitions = ids.map(() => new Partition({ clock, table, law }));
  const writers = await Promise.all(ids.map((id) => journal.claim(id, node)));
  const engine = new Engine({ ...options, partitions, law });
  await engine.start(writers);
  return engine;
}

export class Engine implements AsyncDisposable {
  readonly topics: Topics;
  readonly summaries: Summaries;
  readonly availability: Availability;
  readonly #options: EngineOptions & EngineParts;
  readonly #listeners = new Map<number, Set<Listener>>();
  readonly #lawListeners = new Set<LawListener>();
  readonly #closing = new AbortController();
  #turning: Disposable | null = null;
  #following: Promise<void> = Promise.resolve();

  /** Use createEngine. */
  constructor(options: EngineOptions & EngineParts) {
    this.#options = options;
    const { clock, journal, tickMs = 20 } = options;
    const places = new Places();
    this.topics = new Topics({ clock, epoch: journal.epoch, tickMs, places, population: this });
    this.summaries = new Summaries({ clock, tickMs, places, people: this });
    this.availability = new Availability({ clock, places, population: this });
  }

  /** Identity of the log that seqs count in. */
  get epoch(): string {
    return this.#options.journal.epoch;
  }

  /** Resolves when the engine was closed; rejects when it can't go on, because its journal is broken. */
  get stopped(): Promise<void> {
    return this.#following;
  }

  /** Reads the log and the roster; resolves when both are in memory and the engine takes commands. */
  async start(writers: readonly Writer[]): Promise<void> {
    const head = await this.#options.journal.head();
    await new Promise<void>((resolve, reject) => {
      this.#following = this.#follow(head, async () => {
        await this.#begin(writers);
        resolve();
      });
      this.#following.catch(reject);
    });
  }

  /** Carries out a request; resolves once it is durable, or refused. Never rejects. */
  dispatch(agentId: number, request: Request): Promise<Answer> {
    return this.#partitionOf(agentId).dispatch(agentId, request);
  }

  /** Activity of an agent was seen on a session at `at`, epoch milliseconds. */
  touch(agentId: number, session: string, at: number): void {
    this.#partitionOf(agentId).touch(agentId, session, at);
  }

  /** The connection of a session is gone. */
  lose(agentId: number, session: string): void {
    this.#partitionOf(agentId).tell(agentId, { type: 'lose', session });
  }

  /** A user was made, changed or deactivated. Repeating it changes nothing. */
  enrol(member: Member): Promise<Answer> {
    return this.#partitionOf(member.id).enrol(member);
  }

  /** Hears every committed event of one agent. Disposing ends it. */
  listen(agentId: number, listener: Listener): Disposable {
    const listeners = this.#listeners.get(agentId) ?? new Set();
    this.#listeners.set(agentId, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(agentId);
      },
    };
  }

  /**
   * An organisation's law is another one from now on. Its listeners hear of it, and every agent who is here is shown,
   * and has deadlines, by it. Resolves when all of that is durable. Repeating it changes nothing.
   * @throws Error when something could not be written down
   */
  async review(organisationId: number): Promise<void> {
    for (const listener of this.#lawListeners) listener(organisationId);
    for (const partition of this.#options.partitions) {
      const present = [...partition.directory.present(organisationId)];
      for (let next = 0; next < present.length; next += REVIEWED_AT_ONCE) {
        const chunk = present.slice(next, next + REVIEWED_AT_ONCE);
        const answers = await Promise.all(
          chunk.map((agentId) => partition.dispatch(agentId, { input: { type: 'review' } })),
        );
        // Who was deactivated meanwhile has no presence to show.
        const failed = answers.find((answer) => !answer.ok && answer.code !== 'NOT_FOUND');
        if (failed?.ok === false) throw new Error(failed.message);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  /** Hears of which organisation the law changed, when it holds already. Disposing ends it. */
  listenToLaws(listener: LawListener): Disposable {
    this.#lawListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#lawListeners.delete(listener) };
  }

  /** An agent as committed; null for nobody. */
  record(agentId: number): AgentRecord | null {
    return this.#partitionOf(agentId).directory.record(agentId);
  }

  /** Since when an agent's status is what it is, epoch milliseconds; null for whom nothing has happened to. */
  since(agentId: number): number | null {
    const { directory } = this.#partitionOf(agentId);
    const place = directory.placeOf(agentId);
    return place === null ? null : directory.at(place, 'since');
  }

  /** Who stands in a scope. */
  *idsIn(organisationId: number, scope: Scope): Iterable<number> {
    for (const { directory } of this.#options.partitions) yield* directory.idsIn(organisationId, scope);
  }

  /** Those of them to whom work may be routed. */
  *routableIn(organisationId: number, scope: Scope): Iterable<AgentRecord> {
    for (const { directory } of this.#options.partitions) yield* directory.routableIn(organisationId, scope);
  }

  why(agentId: number): Why | null {
    return this.#partitionOf(agentId).why(agentId);
  }

  law(organisationId: number): Law {
    return this.#options.law(organisationId);
  }

  /** Lets what is on its way become durable, refuses the rest, and gives up the partitions. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#turning?.[Symbol.dispose]();
    const { partitions } = this.#options;
    await Promise.all(partitions.map((partition) => partition.close('the engine is stopping')));
    this.#closing.abort();
    await this.#following.catch(() => undefined);
    this.topics[Symbol.dispose]();
    this.summaries[Symbol.dispose]();
  }

  /** Reads the log from its beginning, and never stops: what is committed from here on comes the same way. */
  async #follow(head: Offset, begin: () => Promise<void>): Promise<void> {
    let live = head === 0;
    if (live) await begin();
    for await (const batch of this.#options.journal.follow(0, this.#closing.signal)) {
      if (live) this.#take(batch);
      else this.#partition(batch.partition).replay(batch);
      if (live || batch.offset < head) continue;
      live = true;
      await begin();
    }
  }

  /** A batch that was committed while the engine runs: folded in, shown, and answered. */
  #take(batch: CommittedBatch): void {
    const partition = this.#partition(batch.partition);
    this.#show(partition.commit(batch), batch.offset);
    partition.settle(batch);
  }

  /** The log was read: whoever exists is looked up, everybody is shown, and commands are taken. */
  async #begin(writers: readonly Writer[]): Promise<void> {
    const { clock, partitions, roster } = this.#options;
    const changed = partitions.map((): Member[] => []);
    for await (const member of roster.members()) {
      const { directory } = this.#partitionOf(member.id);
      if (directory.enlist(member)) changed[partitionOf(member.id)]?.push(member);
    }
    this.topics.begin(Math.max(0, ...writers.map(({ claimedAt }) => claimedAt)));
    for (const [id, { directory }] of partitions.entries()) {
      for (const whereabouts of directory.absent()) this.summaries.addAbsent(whereabouts);
      for (const record of directory.records()) this.#count(null, record);
      for (const member of directory.unlisted()) changed[id]?.push({ ...member, active: false });
    }
    for (const [id, partition] of partitions.entries()) {
      const writer = writers[id];
      if (writer !== undefined) partition.begin(writer, changed[id] ?? []);
    }
    this.#turning = clock.every(1000, () => {
      for (const partition of partitions) partition.turn();
    });
  }

  /** All of a batch is on the boards before anybody hears of it: a cursor never names half a batch. */
  #show(committed: readonly Committed[], offset: Offset): void {
    for (const { before, record } of committed) {
      this.topics.publish(before, record, offset);
      this.#count(before, record);
    }
    for (const change of committed)
      for (const listener of this.#listeners.get(change.event.agent) ?? []) listener(change);
  }

  #count(before: AgentRecord | null, record: AgentRecord): void {
    this.summaries.publish(before, record);
    this.availability.publish(before, record);
  }

  #partitionOf(agentId: number): Partition {
    return this.#partition(partitionOf(agentId));
  }

  #partition(id: number): Partition {
    const partition = this.#options.partitions[id];
    if (partition === undefined) throw new RangeError(`there is no partition ${id}`);
    return partition;
  }
}

interface EngineParts {
  readonly partitions: readonly Partition[];
  readonly law: (organisationId: number) => Law;
}

/** Fixed for life: an agent's events stay in one partition. Neighbouring ids fall far apart. */
export function partitionOf(agentId: number): number {
  return Math.imul(agentId, 0x9e3779b1) >>> 28;
}
