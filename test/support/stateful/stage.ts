/** An arena as moves see it: who is there to be moved, what was asked before, and what has to hold after each move. */
import { settle } from '../fake-clock.ts';
import { Arena, type Tampering } from '../fuzz/arena.ts';
import { personOf } from '../fuzz/cast.ts';
import type { Spectator } from '../fuzz/spectator.ts';
import type { ModelAgent, Person } from '../model/agent.ts';
import { disagree } from '../model/disagreement.ts';
import type { Asked } from '../model/referee.ts';

/** Three of one organisation and two of the other: few enough to meet. 1, 22 and 43 share a partition; 9 and 30 do. */
const AGENTS = [1, 22, 43, 9, 30];
/** Is on no roster until their master data change. */
const APPLICANT = 40;
export const PEOPLE = [...AGENTS, APPLICANT];

/** Nothing is left to chance: who moves says everything. */
const TEMPER = { isSlow: true, failing: 0, stirring: 0 };
/** So many of an agent's sessions are known by their place. */
const KNOWN_SESSIONS = 4;
const KNOWN_ASKED = 40;

export class Stage {
  readonly arena: Arena;
  /** Whether the journal is slow or fails, or was a moment ago: then not everything is at rest after each move. */
  #isTroubled = false;
  readonly #sessions = new Map<number, readonly string[]>();
  /** The newest first. */
  #asked: readonly Asked[] = [];
  #made = 0;

  private constructor(tampering: Tampering) {
    this.arena = new Arena(1, { temper: TEMPER, tampering });
    this.arena.appendMs = () => null;
    for (const id of AGENTS) this.arena.people.set(id, personOf(id));
  }

  static async open(tampering: Tampering): Promise<Stage> {
    const stage = new Stage(tampering);
    await stage.arena.begin();
    return stage;
  }

  /** An agent by the rules; null for one who is on no roster yet. */
  agent(id: number): ModelAgent | null {
    return this.arena.referee.seats.get(id)?.agent ?? null;
  }

  /** A session of an agent by its place: those that it has first, then those that are over. */
  session(agent: number, nth: number): string {
    const held = (this.agent(agent)?.sessions ?? []).map(({ id }) => id);
    const over = (this.#sessions.get(agent) ?? []).filter((id) => !held.includes(id));
    return [...held, ...over][nth] ?? 's0';
  }

  /** A session id that nobody has had. */
  newSession(agent: number): string {
    const id = `s${++this.#made}`;
    this.#sessions.set(agent, [id, ...(this.#sessions.get(agent) ?? [])].slice(0, KNOWN_SESSIONS));
    return id;
  }

  newCommand(): string {
    return `c${++this.#made}`;
  }

  ask(asked: Asked): void {
    this.#asked = [asked, ...this.#asked].slice(0, KNOWN_ASKED);
    this.arena.ask(asked);
  }

  /** The connection of a session is gone; nobody waits for what comes of that. */
  lose(agent: number, session: string, byServer: boolean): void {
    this.arena.ask({ agent, wish: { kind: 'lose', session, byServer }, isAwaited: false });
  }

  lapse(agent: number, session: string, login: string): void {
    this.arena.ask({ agent, wish: { kind: 'lapse', session, login }, isAwaited: false });
  }

  touch(agent: number, session: string, agoMs: number): void {
    this.arena.touch(agent, session, this.arena.clock.now() - agoMs);
  }

  /** What was asked before comes once more, as a network may bring it; a hello, on a connection of its own. */
  askAgain(nth: number): void {
    const asked = this.#asked[nth];
    if (asked === undefined) return;
    const { agent, wish } = asked;
    const isHello = wish.kind === 'open';
    this.arena.ask(isHello ? { ...asked, wish: { ...wish, session: this.newSession(agent) } } : asked);
  }

  /** Master data change; whoever is to hear of it is told by the caller. */
  change(id: number, changes: Partial<Person>): Person {
    const { people } = this.arena;
    const person = { ...(people.get(id) ?? personOf(id)), ...changes };
    people.set(id, person);
    return person;
  }

  spectator(nth: number): Spectator {
    return this.arena.audience.spectators[nth] ?? disagree(`there is no place ${nth}`);
  }

  /** How the journal behaves from here on. */
  trouble({ appendMs, isFailing }: { appendMs: number | null; isFailing: boolean }): void {
    this.#isTroubled = true;
    this.arena.appendMs = () => appendMs;
    this.arena.failing = isFailing ? 1 : 0;
  }

  /** The journal is quick and faultless again, and all that is under way comes to rest. */
  async calm(): Promise<void> {
    this.arena.appendMs = () => null;
    await this.arena.calm();
    this.#isTroubled = false;
  }

  /** After each move. */
  async rest(): Promise<void> {
    await settle();
    if (this.#isTroubled) this.arena.rethrow();
    else this.arena.check();
  }

  /** Everything that can be held against the rules is. */
  async look(): Promise<void> {
    const { arena } = this;
    await this.calm();
    arena.check();
    arena.audience.flush();
    await settle();
    arena.audience.check();
    for (let nth = 0; nth < arena.referee.seats.size; nth++) arena.checkWhy(nth);
  }

  /** The end: what the journal has, too, is held against the rules; and the engine stops in good order. */
  async close(): Promise<void> {
    await this.look();
    this.arena.audience.checkBoards();
    await this.arena.checkHistory();
    await this.arena.stop();
    this.arena.rethrow();
  }
}
