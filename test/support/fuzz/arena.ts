/** A real engine on a fake clock, life after life over one journal; a referee sees everything that goes in and comes out. */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../../engine/clock.ts';
import { createEngine, type Engine } from '../../../engine/engine.ts';
import { MemoryJournal } from '../../../engine/journal/memory.ts';
import type { Journal } from '../../../engine/journal/port.ts';
import type { Law } from '../../../engine/law.ts';
import { FakeClock, settle } from '../fake-clock.ts';
import type { Person } from '../model/agent.ts';
import { disagree, errorOf } from '../model/disagreement.ts';
import { choices, LAWS, lawOf } from '../model/law.ts';
import { type Asked, Referee } from '../model/referee.ts';
import { differing, tileOf } from '../model/tiles.ts';
import { MemorySnapshots } from '../../../engine/snapshots/memory.ts';
import type { SnapshotStore } from '../../../engine/snapshots/port.ts';
import { Seeded } from '../seeded.ts';
import { Audience } from './audience.ts';
import { compare } from './compare.ts';
import { ObservedJournal } from './observed-journal.ts';
import { answeredOf, engineLawOf, inputOf, memberOf, requestOf } from './translate.ts';
import type { Topics } from '../../../engine/topics.ts';

/** How the parts may be wrapped, so as to be faulty. */
export interface Tampering {
  readonly journal?: (inner: Journal, random: Seeded) => Journal;
  readonly clock?: (inner: Clock, random: Seeded) => Clock;
  readonly law?: (law: Law) => Law;
  readonly topics?: (inner: Topics, random: Seeded) => Topics;
  readonly snapshots?: (inner: SnapshotStore, random: Seeded) => SnapshotStore;
  readonly engine?: (inner: Engine, random: Seeded) => Engine;
}

export interface Temper {
  readonly isSlow: boolean;
  /** How often an append fails, 0 to 1. */
  readonly failing: number;
  /** How often whoever hears of something looks at a board at once, 0 to 1. */
  readonly stirring: number;
}

const LAWS_OF_THE_ENGINE = new Map(
  Object.keys(LAWS).map((id) => [Number(id), engineLawOf(lawOf(Number(id)))]),
);
/** Batches. */
const SNAPSHOT_AFTER = 40;
const APPEND_MS = [0, 3, 50, 50, 120];

export class Arena {
  readonly random: Seeded;
  readonly temper: Temper;
  readonly clock = new FakeClock();
  readonly people = new Map<number, Person>();
  readonly referee = new Referee(() => this.clock.now());
  readonly audience: Audience;
  readonly #snapshots = new MemorySnapshots();
  readonly #tampering: Tampering;
  readonly #journal: ObservedJournal;
  #engine: Engine | null = null;
  #topics: Topics | null = null;
  /** An engine that was taken for dead and is not. */
  zombie: Engine | null = null;
  failing: number;
  /** How long an append takes that comes now, milliseconds; null for no time at all. */
  appendMs: () => number | null;
  /** Whether anybody may come to watch. */
  #isOpen = false;
  #failure: Error | null = null;
  readonly #compared = new Map<number, object>();

  constructor(seed: number, { temper, tampering }: { temper: Temper; tampering: Tampering }) {
    this.random = new Seeded(seed);
    this.temper = temper;
    this.failing = temper.failing;
    this.appendMs = temper.isSlow ? () => this.random.pick(APPEND_MS) : () => null;
    this.#tampering = tampering;
    const inner = new MemoryJournal({
      delay: () => this.#delay(),
      fails: () => this.#fails(),
    });
    const journal = tampering.journal?.(inner, new Seeded(seed)) ?? inner;
    this.#journal = new ObservedJournal(journal, (event) =>
      this.#guarded(() => this.referee.happened(event)),
    );
    this.audience = new Audience({
      random: this.random,
      referee: this.referee,
      // However long a silence is, clocks that are set have no part in it.
      now: () => this.clock.monotonic(),
      topics: () => this.topics,
    });
  }

  get isRough(): boolean {
    return this.temper.isSlow || this.temper.failing > 0;
  }

  get engine(): Engine {
    return this.#engine ?? disagree('there is no engine');
  }

  get topics(): Topics {
    return this.#topics ?? disagree('there is no engine');
  }

  /** An engine begins: the first, or the next. */
  async begin(): Promise<void> {
    const { law, clock, engine, topics, snapshots } = this.#tampering;
    const seeded = () => new Seeded(this.random.below(2 ** 32));
    this.referee.lifeBegins(this.people.values());
    const lawOfEngine = (organisation: number): Law => {
      const found = LAWS_OF_THE_ENGINE.get(organisation) ?? disagree('an organisation too many');
      return law?.(found) ?? found;
    };
    const started = await createEngine({
      node: 'fuzz',
      journal: this.#journal,
      clock: clock?.(this.clock, seeded()) ?? this.clock,
      roster: { members: () => membersOf(this.people.values()) },
      catalogue: (organisation) => lawOfEngine(organisation).catalogue,
      config: (organisation) => lawOfEngine(organisation).config,
      snapshots: {
        store: snapshots?.(this.#snapshots, seeded()) ?? this.#snapshots,
        afterOffsets: SNAPSHOT_AFTER,
        lookMs: 5_000,
        onTrouble: (error) => (this.#failure ??= error),
      },
    });
    for (const id of this.people.keys()) this.#listen(started, id);
    this.#engine = engine?.(started, seeded()) ?? started;
    this.#topics = topics?.(started.topics, seeded()) ?? started.topics;
    this.#isOpen = true;
  }

  /** The engine stops in good order. */
  async stop(): Promise<void> {
    this.#isOpen = false;
    this.audience.cut();
    this.referee.lifeEnds();
    const closed = { isTrue: false };
    const closing = this.engine[Symbol.asyncDispose]().then(() => (closed.isTrue = true));
    for (let turns = 0; !closed.isTrue && turns < 1000; turns++)
      await (this.isRough ? this.clock.advance(20) : settle());
    if (!closed.isTrue) disagree('the engine never closes');
    await closing;
    this.#engine = null;
  }

  /** The engine is taken for dead; it lives on without knowing. */
  async crash(): Promise<void> {
    await settle();
    await this.bury();
    this.#isOpen = false;
    this.audience.cut();
    this.referee.lifeEnds();
    this.zombie = this.#engine;
  }

  async bury(): Promise<void> {
    const { zombie } = this;
    this.zombie = null;
    zombie?.[Symbol.asyncDispose]().catch((error: unknown) => (this.#failure ??= errorOf(error)));
    await settle();
  }

  /** Asks the engine, and has the referee judge what it answers. */
  ask(asked: Asked): void {
    const sent = this.referee.sent(asked);
    const { agent, wish } = asked;
    if (wish.kind === 'lose') return this.engine.lose(agent, wish.session, { byServer: wish.byServer });
    if (wish.kind === 'lapse') return this.engine.lapse({ agentId: agent, ...wish });
    const answer =
      wish.kind === 'profile'
        ? this.engine.enrol(memberOf(wish.person))
        : this.engine.dispatch(agent, requestOf(asked));
    answer
      .then((given) => this.#guarded(() => this.referee.answered(sent, answeredOf(given))))
      .catch((error: unknown) => (this.#failure ??= errorOf(error)));
  }

  touch(agent: number, session: string, at: number): void {
    this.referee.touched(agent, session, at);
    this.engine.touch(agent, session, at);
  }

  /** Somebody sets the clock ahead, while nothing is on its way. */
  setClock(byMs: number): void {
    this.clock.jump(byMs);
    this.referee.clockWasSet(byMs);
  }

  /** Whoever lost its partitions acknowledges nothing. */
  probe(agent: number): void {
    const isHere = (this.referee.seats.get(agent)?.agent.duty ?? null) !== null;
    if (this.zombie === null || !isHere) return;
    const ghost = { status: 'busy', reason: 'a ghost', hold: false, by: 900, isForLater: false } as const;
    const input = inputOf({ kind: 'force', ...ghost });
    this.zombie
      .dispatch(agent, { input })
      .then((answer) => this.#guarded(() => void (answer.ok && disagree('a ghost was obeyed', answer))))
      .catch((error: unknown) => (this.#failure ??= errorOf(error)));
  }

  /** The journal writes again, and everything under way comes to rest. */
  async calm(): Promise<void> {
    this.failing = 0;
    let quiet = 0;
    for (let turns = 0; quiet < 3; turns++) {
      await this.clock.advance(60);
      this.rethrow();
      quiet = this.#journal.pending === 0 && this.referee.isIdle ? quiet + 1 : 0;
      if (turns > 2000) disagree('never at rest');
    }
    this.failing = this.temper.failing;
  }

  /** At rest: nothing is open, and the engine holds what the rules say. */
  check(): void {
    this.rethrow();
    this.referee.settled();
    for (const [id, { agent }] of this.referee.seats) {
      if (this.#compared.get(id) === agent) continue;
      const record = this.engine.record(id);
      if (record === null) return disagree('nobody knows the agent', agent);
      compare(record, agent);
      this.#compared.set(id, agent);
    }
  }

  /** What the engine says of one agent, and what it lets the agent choose. */
  checkWhy(nth: number): void {
    const agent = [...this.referee.seats.values()].at(nth % this.referee.seats.size)?.agent;
    if (agent === undefined) return;
    const why = this.engine.why(agent.person.id);
    if (why === null) return disagree('nothing is known', agent);
    const field = differing(tileOf(agent, 'full'), { ...why.tile });
    if (field !== null) disagree(`${field} is another`, { why, agent });
    const { person, duty, override } = agent;
    const expected =
      override?.hold === true ? ['offline'] : choices(lawOf(person.organisation), person.role, duty ?? '');
    const allowed = duty === null ? [] : expected;
    if ([...allowed].sort().join() !== [...why.allowed].sort().join())
      disagree('allowed are others', { why, allowed });
  }

  /** What a later engine would make of the journal is what this one holds. */
  async checkHistory(): Promise<void> {
    const folded = await this.#journal.fold();
    for (const [id, record] of folded) {
      const held = this.engine.record(id);
      for (const [field, value] of Object.entries(record)) {
        if (!isDeepStrictEqual(value, held?.[field as keyof typeof held]))
          disagree(`the journal has another ${field}`, { record, held });
      }
    }
    for (const [id, { agent }] of this.referee.seats)
      if (agent.seq > 0 && !folded.has(id)) disagree('the journal has nothing of the agent', agent);
  }

  rethrow(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Whoever listens hears of each event, one after another, together with what it made of the agent. */
  #listen(engine: Engine, agent: number): void {
    let last: number | null = null;
    engine.listen(agent, ({ event, record }) =>
      this.#guarded(() => {
        if (engine !== this.#engine && this.#engine !== null) return;
        if (last !== null && event.seq !== last + 1) disagree(`heard of ${event.seq} after ${last}`, event);
        last = event.seq;
        const held = this.referee.seat(agent).agent;
        // A session may begin with what it was begun for, in one batch: the journal was seen to hold both.
        const isHalf = event.type === 'session_opened' && held.seq === event.seq + 1;
        if (!isHalf) compare(record, held);
        // Who hears of something may look at a board at once.
        if (this.#isOpen && this.random.chance(this.temper.stirring)) this.audience.stir();
      }),
    );
  }

  #guarded(check: () => unknown): void {
    try {
      check();
    } catch (error) {
      this.#failure ??= errorOf(error);
    }
  }

  #delay(): Promise<void> {
    const ms = this.appendMs();
    return ms === null ? Promise.resolve() : new Promise((resolve) => void this.clock.after(ms, resolve));
  }

  #fails(): boolean {
    if (!this.random.chance(this.failing)) return false;
    this.referee.journalFailed();
    return true;
  }
}

async function* membersOf(people: Iterable<Person>) {
  yield Array.from(people, memberOf);
}
