/**
 * The presence engine: who does what, kept by its rules, durable before it is seen.
 *
 * One direction: `dispatch` has a partition decide, the journal makes the decision true, and only the committed feed
 * changes records, topics and what listeners hear. No state lives outside the object that `createEngine` makes.
 */
import { type Announce, announcementsOf } from './announcements.ts';
import type { Answer } from './answers.ts';
import type { MessageArchive } from './archive.ts';
import { Audience } from './audience.ts';
import type { Availability, Claimed } from './availability.ts';
import type { Session } from './axes.ts';
import type { Catalogue } from './catalogue.ts';
import type { Clock } from './clock.ts';
import type { ActivityDocument } from './documents/shapes.ts';
import { Freezes, type PlatformIncident } from './freezes.ts';
import type { CommandId } from './inputs.ts';
import type { CommittedBatch, Journal, Offset, Writer } from './journal/port.ts';
import type { Config, Law } from './law.ts';
import type { LawListener, Listener } from './listeners.ts';
import { machine } from './machine.ts';
import type { Member, Roster } from './member.ts';
import type { Messages } from './messages.ts';
import { Partition, type Traced } from './partition.ts';
import { partitionOf, Population, PARTITIONS } from './population.ts';
import type { Owner } from './owner.ts';
import type { AgentRecord } from './record.ts';
import { begun } from './read-ahead.ts';
import type { Request, Write } from './requests.ts';
import { review } from './review.ts';
import type { KeptSession } from './sessions.ts';
import { SnapshotKeeper, type SnapshotOptions } from './snapshots/keeper.ts';
import { restore } from './snapshots/restore.ts';
import type { Summaries } from './summaries.ts';
import { compile } from './table.ts';
import type { Subject, Topics } from './topics.ts';
import { beginNext, turn } from './turning.ts';
import type { Why } from './why.ts';

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
  /** Which partitions to claim at the start; all when absent. */
  readonly owns?: readonly number[];
  /** How to reach whoever owns a partition that this node doesn't; null while nobody is known to. */
  readonly ownerOf?: (partition: number) => Owner | null;
  /** Whether a node's gateways are gone, and with them the connections of their sessions; all are when absent. */
  readonly isGone?: (node: string) => boolean;
  /** So that a start need not read the log from its beginning; without it, it does. */
  readonly snapshots?: SnapshotOptions;
  /** Where messages are that memory doesn't keep; nowhere when absent. */
  readonly archive?: MessageArchive;
  /** What the system has to say of an event; nothing when absent. */
  readonly announce?: Announce;
}

/** @throws JournalCorrupt when the log, or what stands for its beginning, can't be read. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { journal, node, clock, catalogue, config } = options;
  const { announce = () => null, ownerOf = () => null } = options;
  const table = compile(machine.config);
  const law = (organisationId: number): Law => ({
    catalogue: catalogue(organisationId),
    config: config(organisationId),
  });
  const freezes = new Freezes({ clock, law });
  const ids = Array.from({ length: PARTITIONS }, (_, id) => id);
  const population: Population = new Population(
    ids.map(
      (id) =>
        new Partition({
          clock,
          table,
          law,
          frozenUntil: (member, now) => freezes.until(member, now),
          elsewhere: () => ownerOf(id),
          hold: (agentId) => engine.availability.hold(agentId),
          announce: (event, before) =>
            announcementsOf(event, announce(event, before), { epoch: journal.epoch, people: population }),
        }),
    ),
  );
  const { owns = ids } = options;
  const engine: Engine = new Engine({ ...options, population, law, freezes });
  await engine.start(Promise.all(owns.map((id) => journal.claim(id, node))));
  return engine;
}

export class Engine implements AsyncDisposable {
  readonly topics: Topics;
  readonly summaries: Summaries;
  readonly availability: Availability;
  readonly messages: Messages;
  readonly #options: EngineOptions & EngineParts;
  readonly #audience: Audience;
  readonly #closing = new AbortController();
  #turning: Disposable | null = null;
  /** Whoever waits for the next batch. */
  readonly #waiting: (() => void)[] = [];
  #keeper: SnapshotKeeper | null = null;
  /** Up to here the log is folded in. */
  #offset: Offset = 0;
  #following: Promise<void> = Promise.resolve();
  /** How often it is being gone through who was here before. */
  #beginning = 0;

  /** Use createEngine. */
  constructor(options: EngineOptions & EngineParts) {
    this.#options = options;
    const audience = new Audience(options);
    this.#audience = audience;
    this.topics = audience.topics;
    this.summaries = audience.summaries;
    this.availability = audience.availability;
    this.messages = audience.messages;
  }

  /** Identity of the log that seqs count in. */
  get epoch(): string {
    return this.#options.journal.epoch;
  }

  /** Resolves when the engine was closed; rejects when it can't go on, because its journal is broken. */
  get stopped(): Promise<void> {
    return this.#following;
  }

  /**
   * Reads the log and the roster, for who owns the partitions of these writers; resolves when both are in memory and the
   * engine takes commands.
   */
  async start(claims: Promise<readonly Writer[]>): Promise<void> {
    const [writers, from] = await Promise.all([claims, restore(this.#options)]);
    if (from > 0) this.messages.beginLate();
    const { journal, population, roster } = this.#options;
    // The files are being read while the roster is.
    const log = begun(journal.follow(from, this.#closing.signal));
    await population.enlist(roster.members());
    const head = await journal.head();
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        this.#begin(writers);
        resolve();
      };
      this.#following = this.#follow({ log, from, head, begin });
      this.#following.catch(reject);
    });
  }

  /**
   * Takes a partition over: whoever owned it before is fenced from here on. Resolves when this node decides for its
   * agents, with everything before folded in.
   * @throws JournalFailed, JournalBroken
   */
  async claim(partition: number): Promise<void> {
    const { journal, node, population, isGone = () => true } = this.#options;
    const writer = await journal.claim(partition, node);
    await this.#reached(await journal.head());
    population.partition(partition).begin(writer, isGone);
    this.#beginNext();
  }

  /** Hands a partition over: lets what is on its way become durable, and decides for its agents no more. */
  release(partition: number): Promise<void> {
    return this.#options.population.partition(partition).release('the agent is being handed over');
  }

  /** A partition that this node owns, for others to hand it what comes for its agents; null where it doesn't. */
  owner(partition: number): Owner | null {
    const owned = this.#options.population.partition(partition);
    return owned.isOwned ? owned : null;
  }

  /**
   * Claims whoever is next in a scope; null where nobody is available, and until all who were here before are known to
   * be there or not. Their owner has the last word: of whom it says no, or who have none, nothing is held here any longer
   * than this takes.
   */
  async nextAvailable(asked: Omit<Subject, 'view'>): Promise<Claimed | null> {
    if (this.#beginning > 0) return null;
    const refused = new Set<number>();
    try {
      for (;;) {
        const claimed = this.availability.claim(asked);
        const id = claimed?.record.member.id;
        if (id === undefined || refused.has(id)) return null;
        if (await this.#mayGive(id)) return claimed;
        refused.add(id);
      }
    } finally {
      for (const id of refused) this.availability.free(id);
    }
  }

  /** Carries out a request; resolves once it is durable, or refused. Never rejects. */
  dispatch(agentId: number, request: Request): Promise<Answer> {
    return this.#options.population.of(agentId).dispatch(agentId, request);
  }

  /** Activity of an agent was seen on a session at `at`, epoch milliseconds. */
  touch(agentId: number, session: string, at: number): void {
    this.#options.population.of(agentId).touch(agentId, session, at);
  }

  /** Records what an agent did elsewhere; resolves once it is durable, or refused. */
  recordActivity(activity: ActivityDocument, command: CommandId): Promise<Answer> {
    const write: Write = () => [{ kind: 'activity', activity, command }];
    return this.#options.population.of(activity.agentId).dispatch(activity.agentId, { write, command });
  }

  /** The connection of a session is gone; `byServer` where that is not the network's or the client's doing. */
  lose(agentId: number, session: string, { byServer = false } = {}): void {
    this.#options.population.of(agentId).tell(agentId, { type: 'lose', session, byServer });
  }

  /** A session ends with its log-in session; unless another one has resumed it. */
  lapse({ agentId, session, login }: KeptSession): void {
    this.#options.population.of(agentId).tell(agentId, { type: 'lapse', session, login, since: null });
  }

  /** The agent logs out, in every tab, by the word of that session. Resolves when it is durable, or will be. */
  async logOut(agentId: number, session: string): Promise<void> {
    const input = { type: 'leave', cause: 'agent', reason: null, session, by: agentId } as const;
    const answer = await this.dispatch(agentId, { input });
    if (!answer.ok) this.#options.population.of(agentId).tell(agentId, input);
  }

  /** A user was made, changed or deactivated. Repeating it changes nothing. */
  enrol(member: Member): Promise<Answer> {
    return this.#options.population.of(member.id).enrol(member);
  }

  /** Hears every committed event of one agent. Disposing ends it. */
  listen(agentId: number, listener: Listener): Disposable {
    return this.#audience.listeners.add(agentId, listener);
  }

  /**
   * An organisation's law is another one from now on. Its listeners hear of it, and every agent who is here is shown,
   * and has deadlines, by it. Resolves when all of that is durable. Repeating it changes nothing.
   * @throws Error when something could not be written down
   */
  async review(organisationId: number): Promise<void> {
    this.#audience.listeners.tellLaw(organisationId);
    await review(this.#options.population, organisationId);
  }

  /** Hears of which organisation the law changed, when it holds already. Disposing ends it. */
  listenToLaws(listener: LawListener): Disposable {
    return this.#audience.listeners.addToLaws(listener);
  }

  /** The sessions of an agent, as committed; none for nobody. */
  sessions(agentId: number): readonly Session[] {
    return this.#options.population.of(agentId).directory.sessionsOf(agentId);
  }

  /** All sessions of which it is known with which log-in session they end. */
  keptSessions(): Iterable<KeptSession> {
    return this.#options.population.keptSessions();
  }

  /** An agent as committed; null for nobody. */
  record(agentId: number): AgentRecord | null {
    return this.#options.population.record(agentId);
  }

  /** What is wrong with the platform for an organisation; null for nothing. */
  incident(organisationId: number): PlatformIncident | null {
    return this.#options.freezes.incident(organisationId);
  }

  /** A user as known; null for nobody. */
  member(userId: number): Member | null {
    return this.#options.population.memberOf(userId);
  }

  why(agentId: number): Why | null {
    return this.#options.population.of(agentId).why(agentId);
  }

  /** Of how many agents something is kept beside their records, by what it is (B8). */
  get traces(): Traced & { readonly mailboxes: number; readonly tiles: number } {
    const { population } = this.#options;
    return { ...population.traces, mailboxes: this.messages.size, tiles: this.topics.tiles };
  }

  law(organisationId: number): Law {
    return this.#options.law(organisationId);
  }

  /** Takes images of all partitions now, where it takes any. Never rejects: what went wrong is told as always. */
  async snapshot(): Promise<void> {
    await this.#keeper?.take();
  }

  /** Whether an agent who was claimed here may be given. */
  async #mayGive(agentId: number): Promise<boolean> {
    const { population, ownerOf = () => null } = this.#options;
    const partition = population.of(agentId);
    if (partition.isOwned) return partition.isAtRest(agentId);
    return (await ownerOf(partitionOf(agentId))?.hold(agentId)) ?? false;
  }

  /** Lets what is on its way become durable, refuses the rest, and gives up the partitions. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#turning?.[Symbol.dispose]();
    const { partitions } = this.#options.population;
    await Promise.all(partitions.map((partition) => partition.close('the engine is stopping')));
    await this.#keeper?.[Symbol.asyncDispose]();
    this.#closing.abort();
    await this.#following.catch(() => undefined);
    this.#audience[Symbol.dispose]();
  }

  /** Reads the log from there, and never stops: what is committed from here on comes the same way. */
  async #follow({ log, from, head, begin }: Following): Promise<void> {
    let live = head <= from;
    this.#offset = from;
    if (live) begin();
    for await (const batch of log) {
      this.#offset = batch.offset;
      if (live) this.#take(batch);
      else this.messages.restore(this.#options.population.partition(batch.partition).replay(batch));
      if (live || batch.offset < head) continue;
      live = true;
      begin();
    }
  }

  /** A batch that was committed while the engine runs: folded in, shown, and answered. */
  #take(batch: CommittedBatch): void {
    const partition = this.#options.population.partition(batch.partition);
    this.#audience.show(partition.commit(batch), batch.offset);
    partition.settle(batch);
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  /** Resolves when the log is folded in up to there. */
  async #reached(offset: Offset): Promise<void> {
    while (this.#offset < offset && !this.#closing.signal.aborted)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The log was read: everybody is shown, and commands are taken. */
  #begin(writers: readonly Writer[]): void {
    const { clock, journal, population, snapshots, isGone = () => true } = this.#options;
    this.#audience.begin(Math.max(this.#offset, ...writers.map(({ claimedAt }) => claimedAt)));
    for (const writer of writers) population.partition(writer.partition).begin(writer, isGone);
    if (snapshots !== undefined)
      this.#keeper = new SnapshotKeeper({
        ...snapshots,
        clock,
        journal,
        partitions: population.partitions,
        offset: () => this.#offset,
      });
    this.#turning = clock.every(1000, () => turn(population.partitions, clock));
    this.#beginNext();
  }

  /** What comes in the meantime is answered before. */
  #beginNext(): void {
    const { clock, population } = this.#options;
    const beginners = [...population.partitions, this.summaries];
    this.#beginning += 1;
    void beginNext(beginners, clock, this.#closing.signal).finally(() => (this.#beginning -= 1));
  }
}

interface EngineParts {
  readonly population: Population;
  readonly law: (organisationId: number) => Law;
  readonly freezes: Freezes;
}

interface Following {
  readonly log: AsyncIterable<CommittedBatch>;
  readonly from: Offset;
  /** Up to here the log was written before. */
  readonly head: Offset;
  /** It was read up to there. */
  readonly begin: () => void;
}
