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
import { Freezes, type PlatformIncident } from './freezes.ts';
import type { Journal, Offset } from './journal/port.ts';
import type { Config, Law } from './law.ts';
import { machine } from './machine.ts';
import type { Member, Roster } from './member.ts';
import { type Committed, Partition } from './partition.ts';
import type { AgentRecord } from './record.ts';
import type { Request } from './requests.ts';
import { Summaries } from './summaries.ts';
import { compile } from './table.ts';
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

/** So many agents are looked at in one go when it concerns all of an organisation; then others have their turn. */
const LOOKED_AT_ONCE = 256;

/** @throws JournalCorrupt when the log can't be read. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { journal, node, clock, catalogue, config } = options;
  const table = compile(machine.config);
  const law = (organisationId: number): Law => ({
    catalogue: catalogue(organisationId),
    config: config(organisationId),
  });
  const freezes = new Freezes({ clock, law });
  const partitions = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, id) => {
      const writer = await journal.claim(id, node);
      return new Partition({ writer, clock, table, law, frozenUntil: (member) => freezes.until(member) });
    }),
  );
  const engine = new Engine({ ...options, partitions, law, freezes });
  await engine.start();
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
    const { clock, journal, partitions, freezes, tickMs = 20 } = options;
    // Of whom nothing happened yet, only the roster tells, and no log says when it changed: each run counts anew.
    const run = `${journal.epoch} ${partitions.map(({ term }) => term).join(' ')}`;
    this.topics = new Topics({ clock, run, tickMs });
    this.summaries = new Summaries({ clock, tickMs, incident: (id) => freezes.incident(id) });
    freezes.listen((organisationId) => this.summaries.incidentChanged(organisationId));
    this.availability = new Availability(clock);
  }

  /** Identity of the log that seqs count in. */
  get epoch(): string {
    return this.#options.journal.epoch;
  }

  /** Resolves when the engine was closed; rejects when it can't go on, because its journal is broken. */
  get stopped(): Promise<void> {
    return this.#following;
  }

  /** Reads the roster and the log; resolves when both are in memory and the engine takes commands. */
  async start(): Promise<void> {
    for await (const member of this.#options.roster.members())
      this.#partitionOf(member.id).directory.enrol(member);
    const head = await this.#options.journal.head();
    await new Promise<void>((resolve, reject) => {
      this.#following = this.#follow(head, resolve);
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

  /** The connection of a session is gone; `byServer` where that is not the network's or the client's doing. */
  lose(agentId: number, session: string, { byServer = false } = {}): void {
    this.#partitionOf(agentId).tell(agentId, { type: 'lose', session, byServer });
  }

  /** The log-in session has ended on whose requests a session lived. */
  lapse(agentId: number, session: string): void {
    this.#partitionOf(agentId).tell(agentId, { type: 'lapse', session, since: null });
  }

  /** The agent logs out, in every tab, by the word of that session. Resolves when it is durable, or will be. */
  async logOut(agentId: number, session: string): Promise<void> {
    const input = { type: 'leave', cause: 'agent', reason: null, session, by: agentId } as const;
    const answer = await this.dispatch(agentId, { input });
    if (!answer.ok) this.#partitionOf(agentId).tell(agentId, input);
  }

  /** Everybody who is connected, or reconnecting. */
  *present(): Iterable<AgentRecord> {
    for (const record of presentIn(this.#options.partitions))
      if (record.connectivity !== 'disconnected') yield record;
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
    await this.#visit(organisationId, async (agentIds) => {
      const answers = await Promise.all(
        agentIds.map((agentId) => this.dispatch(agentId, { input: { type: 'review' } })),
      );
      // Who was deactivated meanwhile has no presence to show.
      const failed = answers.find((answer) => !answer.ok && answer.code !== 'NOT_FOUND');
      if (failed?.ok === false) throw new Error(failed.message);
    });
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

  /** What is wrong with the platform for an organisation; null for nothing. */
  incident(organisationId: number): PlatformIncident | null {
    return this.#options.freezes.incident(organisationId);
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
    this.#options.freezes[Symbol.dispose]();
  }

  /** Reads the log from its beginning, and never stops: what is committed from here on comes the same way. */
  async #follow(head: Offset, restored: () => void): Promise<void> {
    let live = head === 0;
    if (live) this.#begin(0, restored);
    for await (const batch of this.#options.journal.follow(0, this.#closing.signal)) {
      const partition = this.#partition(batch.partition);
      const committed = partition.commit(batch);
      if (live) this.#show(committed, batch.offset);
      partition.settle(batch);
      if (!live && batch.offset >= head) {
        live = true;
        this.#begin(batch.offset, restored);
      }
    }
  }

  /** Goes to all of an organisation who are here, some at a time: they may be many. */
  async #visit(
    organisationId: number,
    see: (agentIds: readonly number[]) => Promise<void> | void,
  ): Promise<void> {
    const present = [...this.present()]
      .filter(({ member }) => member.organisationId === organisationId)
      .map(({ member }) => member.id);
    for (let next = 0; next < present.length; next += LOOKED_AT_ONCE) {
      await see(present.slice(next, next + LOOKED_AT_ONCE));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #begin(offset: Offset, restored: () => void): void {
    const { clock, partitions, freezes } = this.#options;
    for (const partition of partitions) {
      this.topics.load(partition.directory.records(), offset);
      for (const record of partition.directory.records()) this.#count(record);
    }
    freezes.begin(presentIn(partitions));
    for (const partition of partitions) partition.begin();
    this.#turning = clock.every(1000, () => {
      for (const partition of partitions) partition.turn();
    });
    restored();
  }

  /** All of a batch is on the boards before anybody hears of it: a cursor never names half a batch. */
  #show(committed: readonly Committed[], offset: Offset): void {
    for (const { record } of committed) {
      this.topics.publish(record, offset);
      this.#count(record);
    }
    for (const { event } of committed)
      if (this.#options.freezes.observe(event)) void this.#freeze(event.organisation);
    for (const change of committed)
      for (const listener of this.#listeners.get(change.event.agent) ?? []) listener(change);
  }

  /**
   * Timers stand still: whoever is away has longer to come back. All who are here are asked: the loss of some may be on
   * its way to disk. Who goes from here on has it in that very event.
   */
  async #freeze(organisationId: number): Promise<void> {
    await this.#visit(organisationId, (agentIds) => {
      for (const agentId of agentIds) this.#partitionOf(agentId).tell(agentId, { type: 'freeze' });
    });
  }

  #count(record: AgentRecord): void {
    this.summaries.publish(record);
    this.availability.publish(record);
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

/** Of whom something has happened; nobody else is here. */
function* presentIn(partitions: readonly Partition[]): Iterable<AgentRecord> {
  for (const { directory } of partitions) for (const { record } of directory.actors()) yield record;
}

interface EngineParts {
  readonly partitions: readonly Partition[];
  readonly law: (organisationId: number) => Law;
  readonly freezes: Freezes;
}

/** Fixed for life: an agent's events stay in one partition. Neighbouring ids fall far apart. */
export function partitionOf(agentId: number): number {
  return Math.imul(agentId, 0x9e3779b1) >>> 28;
}
