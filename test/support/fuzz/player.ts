/** Everybody who has to do with the engine, as a seed moves them: agents with several devices, supervisors, a bad network, time. */
import type { Person } from '../model/agent.ts';
import type { Wish } from '../model/judge.ts';
import { choices, lawOf } from '../model/law.ts';
import type { Asked } from '../model/referee.ts';
import { alarmsOf } from '../model/timers.ts';
import type { Seeded } from '../seeded.ts';
import type { Arena } from './arena.ts';
import { AGENTS, APPLICANTS, NOBODY, personOf, SUPERVISORS } from './cast.ts';
import { weighing } from './weighted.ts';

const REASONS = [null, null, 'because', 'otherwise'];

const ACTS = {
  hello: 14,
  choose: 22,
  work: 8,
  extend: 2,
  bye: 2,
  lose: 9,
  touch: 12,
  force: 6,
  release: 4,
  profile: 3,
  deliver: 8,
  wait: 22,
  sleep: 0.4,
  audience: 6,
  burst: 0.6,
  restart: 0.03,
  crash: 0.03,
  probe: 0.5,
  storm: 1,
  outage: 0.3,
  revoke: 0.5,
};
type Act = keyof typeof ACTS;
const fateOf = weighing({ arrives: 70, late: 12, twice: 6, again: 8, lost: 4 });
const inBurst = weighing({ choose: 5, work: 3, hello: 2, force: 1, release: 1, extend: 1 });
const waitFor = weighing({ moment: 12, second: 6, seconds: 3, deadline: 5, grace: 0.5, minutes: 0.1 });

export class Player {
  readonly #arena: Arena;
  readonly #random: Seeded;
  readonly #nextAct: () => Act;
  /** What is still on its way: late, or a second time. */
  readonly #network: Asked[] = [];
  readonly #sessions = new Map<number, string[]>();
  #made = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#random = arena.random;
    // Each seed has its own leanings: what is rare in one is common in another.
    const leaning = () => this.#random.pick([0.2, 1, 1, 1, 3]);
    const weights = Object.entries(ACTS).map(([act, weight]) => [act, weight * leaning()]);
    const pick = weighing(Object.fromEntries(weights) as Record<Act, number>);
    this.#nextAct = () => pick(this.#random);
    for (const id of AGENTS) arena.people.set(id, personOf(id));
  }

  /** One thing happens. Returns what it was. */
  async act(): Promise<readonly unknown[]> {
    const act = this.#nextAct();
    const arena = this.#arena;
    switch (act) {
      case 'hello':
      case 'choose':
      case 'work':
      case 'extend':
      case 'bye':
      case 'force':
      case 'release':
        return [act, this.#send(this.#command(act))];
      case 'lose': {
        const agent = this.#agent();
        const asked: Asked = {
          agent,
          wish: { kind: 'lose', session: this.#session(agent), byServer: this.#random.chance(0.15) },
          isAwaited: false,
        };
        if (arena.referee.seats.has(agent)) arena.ask(asked);
        return [act, asked];
      }
      case 'touch':
        return [act, ...this.#touch()];
      case 'profile':
        return [act, this.#profile()];
      case 'deliver': {
        const [late] = this.#network.splice(this.#random.below(Math.max(1, this.#network.length)), 1);
        if (late !== undefined) arena.ask(this.#anew(late));
        return [act, late];
      }
      case 'wait': {
        const ms = this.#while();
        // What is long goes by in one leap, mostly: only its end is lived through second by second.
        const leap = ms > 4000 && this.#random.chance(0.9) ? ms - 2500 : 0;
        if (leap > 0) await arena.clock.sleep(leap);
        await arena.clock.advance(ms - leap);
        return [act, ms, leap];
      }
      case 'sleep': {
        const ms = this.#random.pick([2_000, 45_000, 700_000, 3_600_000]);
        await arena.clock.sleep(ms);
        return [act, ms];
      }
      case 'audience':
        return [act, arena.audience.stir()];
      case 'burst': {
        const agent = this.#agent();
        const asked = Array.from({ length: this.#random.pick([2, 3, 5, 8, 90]) }, () =>
          this.#command(inBurst(this.#random), this.#random.chance(0.5) ? agent : this.#agent()),
        );
        for (const one of asked) arena.ask(one);
        return [act, agent, asked.length];
      }
      case 'restart':
        await arena.stop();
        return [act, this.#whileDown(), await arena.begin()];
      case 'crash':
        await arena.crash();
        return [act, this.#whileDown(), await arena.begin()];
      case 'probe': {
        const agent = this.#agent();
        if (this.#random.chance(0.1)) await arena.bury();
        arena.probe(agent);
        return [act, agent];
      }
      case 'revoke': {
        const agent = this.#agent();
        const session = this.#session(agent);
        const held = arena.referee.seats.get(agent)?.agent.sessions.find(({ id }) => id === session);
        // That of another may end, which the session was resumed from.
        const login = this.#random.chance(0.2) ? this.#login(agent) : (held?.login ?? 'none');
        const wish: Wish = { kind: 'lapse', session, login };
        if (arena.referee.seats.has(agent)) arena.ask({ agent, wish, isAwaited: false });
        return [act, agent, wish];
      }
      case 'outage': {
        const agents = [...arena.people.keys()].filter(() => this.#random.chance(0.8));
        for (const agent of agents) this.#cutOff(agent);
        return [act, agents];
      }
      case 'storm':
        if (arena.temper.failing > 0) arena.failing = this.#random.pick([0, 0.05, 0.3, 1]);
        return [act, arena.failing];
    }
  }

  /** All connections of an agent are gone at once. */
  #cutOff(agent: number): void {
    for (const { id, lostAt } of this.#arena.referee.seats.get(agent)?.agent.sessions ?? [])
      if (lostAt === null)
        this.#arena.ask({ agent, wish: { kind: 'lose', session: id, byServer: false }, isAwaited: false });
  }

  /** What the network makes of a message: mostly it arrives. */
  #send(asked: Asked): readonly unknown[] {
    const fate = fateOf(this.#random);
    if (fate === 'arrives' || fate === 'twice' || fate === 'again') this.#arena.ask(asked);
    if (fate === 'twice') this.#arena.ask(this.#anew(asked));
    // One id for many: whoever takes several agents in hand at once.
    if (asked.wish.kind === 'force' && this.#random.chance(0.2))
      this.#arena.ask({ ...asked, agent: this.#agent() });
    if (fate === 'late' || fate === 'again') this.#network.push(asked);
    if (this.#network.length > 40) this.#network.shift();
    return [fate, asked];
  }

  /** A hello that comes again comes on a connection of its own, which has a session id of its own. */
  #anew(asked: Asked): Asked {
    return asked.wish.kind === 'open'
      ? { ...asked, wish: { ...asked.wish, session: `s${++this.#made}` } }
      : asked;
  }

  #command(
    kind: 'hello' | 'choose' | 'work' | 'extend' | 'bye' | 'force' | 'release',
    agent: number = this.#agent(),
  ): Asked {
    const seat = this.#arena.referee.seats.get(agent);
    const id = `c${++this.#made}`;
    const expectSeq = this.#random.chance(0.1)
      ? (seat?.agent.seq ?? 0) - (this.#random.chance(0.3) ? 1 : 0)
      : undefined;
    const asked = (wish: Wish, sender: string | null): Asked => ({
      agent,
      wish,
      ...(sender !== null && { command: { sender, id } }),
      ...(expectSeq !== undefined && { expectSeq }),
    });
    switch (kind) {
      case 'hello':
        return { agent, wish: this.#hello(agent) };
      case 'choose': {
        const session = this.#random.chance(0.2) ? null : this.#session(agent);
        const reason = this.#random.pick(REASONS);
        const isForLater = this.#random.chance(0.3);
        const status = isForLater && this.#random.chance(0.1) ? 'offline' : this.#status(agent);
        const wish: Wish = { kind: 'choose', status, reason, session, by: agent, isForLater };
        const opens = session === null && status !== 'offline' && this.#random.chance(0.6);
        return {
          ...asked(wish, session ?? `user:${agent}`),
          ...(opens && { opening: { session: this.#newSession(agent), login: this.#login(agent) } }),
        };
      }
      case 'work': {
        const session = this.#session(agent);
        const max = this.#random.between(1, 3);
        return asked({ kind: 'work', current: this.#random.below(4), max, session, by: agent }, session);
      }
      case 'extend': {
        const session = this.#random.chance(0.3) ? null : this.#session(agent);
        const reason = this.#random.chance(0.1) ? '' : 'a long queue';
        return asked({ kind: 'extend', reason, session, by: agent }, session ?? `user:${agent}`);
      }
      case 'bye': {
        const session = this.#session(agent);
        return asked({ kind: 'bye', session, by: agent }, session);
      }
      case 'force': {
        const by = this.#random.pick(SUPERVISORS);
        const status = this.#random.chance(0.1) ? 'offline' : this.#status(agent);
        const [hold, isForLater] = [this.#random.chance(0.3), this.#random.chance(0.4)];
        const wish: Wish = { kind: 'force', status, reason: 'as I say', hold, by, isForLater };
        return asked(wish, `user:${by}`);
      }
      case 'release': {
        const by = this.#random.pick(SUPERVISORS);
        return asked({ kind: 'release', by }, `user:${by}`);
      }
    }
  }

  #hello(agent: number): Wish {
    const seat = this.#arena.referee.seats.get(agent);
    const held = this.#random.chance(0.35)
      ? null
      : this.#session(this.#random.chance(0.05) ? this.#agent() : agent);
    const seq = Math.max(0, (seat?.agent.seq ?? 0) - this.#random.pick([0, 0, 0, 0, 0, 0, 1, 5, -1]));
    const session = this.#newSession(agent);
    const resume = held === null ? null : { session: held, seq };
    return { kind: 'open', session, resume, login: this.#login(agent), isOnRequests: false };
  }

  #newSession(agent: number): string {
    const session = `s${++this.#made}`;
    this.#sessions.set(agent, [...(this.#sessions.get(agent) ?? []), session].slice(-5));
    return session;
  }

  /** One of the two log-in sessions that the agent has. */
  #login(agent: number): string {
    return `log-in ${agent}-${this.#random.between(1, 2)}`;
  }

  /** Activity: now, a while ago, told again, of the future. */
  #touch(): readonly unknown[] {
    const agent = this.#agent();
    const now = this.#arena.clock.now();
    const seat = this.#arena.referee.seats.get(agent);
    const idleSince = seat?.agent.idleSince ?? seat?.evidence.from ?? now;
    const at = this.#random.pick([
      now,
      now,
      now,
      now - 700,
      now - 20_000,
      now - 500_000,
      now + 60_000,
      idleSince,
      idleSince + 999,
      idleSince + 1000,
    ]);
    const session = this.#session(agent);
    this.#arena.touch(agent, session, at);
    return [agent, session, at];
  }

  /** Master data of somebody change. */
  #profile(): Person {
    const person = this.#changed();
    this.#arena.referee.strangers(person);
    this.#arena.ask({ agent: person.id, wish: { kind: 'profile', person } });
    return person;
  }

  #whileDown(): readonly Person[] {
    return Array.from({ length: this.#random.pick([0, 0, 1, 3]) }, () => this.#changed());
  }

  #changed(): Person {
    const id = this.#random.chance(0.1) ? this.#random.pick(APPLICANTS) : this.#agent();
    const before = this.#arena.people.get(id) ?? personOf(id);
    const changes: Partial<Person> = this.#random.pick([
      { name: `Agent ${id} ${this.#random.below(100)}` },
      { team: this.#random.pick([1, 2, null]) },
      { department: this.#random.pick(['Sales', 'Support', null]) },
      { role: this.#random.pick(['agent', 'supervisor'] as const) },
      { onBoard: !before.onBoard },
      { active: !before.active },
      { active: true, onBoard: true },
      {},
    ]);
    const after = { ...before, ...changes };
    this.#arena.people.set(id, after);
    return after;
  }

  #agent(): number {
    if (this.#random.chance(0.005)) return NOBODY;
    return this.#random.pick([...this.#arena.people.keys()].filter((id) => id !== NOBODY));
  }

  /** A session that the agent has, or had. */
  #session(agent: number): string {
    const sessions = this.#arena.referee.seats.get(agent)?.agent.sessions ?? [];
    if (sessions.length > 0 && this.#random.chance(0.85)) return this.#random.pick(sessions).id;
    return this.#random.pick(this.#sessions.get(agent) ?? ['s0']);
  }

  #status(agent: number): string {
    const organisation = this.#arena.people.get(agent)?.organisation ?? 1;
    const duty = this.#arena.referee.seats.get(agent)?.agent.duty ?? 'available';
    if (this.#random.chance(0.15)) return duty;
    if (this.#random.chance(0.03)) return this.#random.pick(['offline', 'nonsense', '', 'constructor']);
    const law = lawOf(organisation);
    const role = this.#arena.people.get(agent)?.role ?? 'agent';
    const codes = this.#random.chance(0.6) ? choices(law, role, duty) : law.statuses.map(({ code }) => code);
    return this.#random.pick(codes.filter((code) => code !== 'offline'));
  }

  /** How long nothing happens: a moment, or until just before or after something is due. */
  #while(): number {
    switch (waitFor(this.#random)) {
      case 'moment':
        return this.#random.between(1, 40);
      case 'second':
        return this.#random.pick([100, 300, 999, 1000, 1001]);
      case 'seconds':
        return this.#random.between(1000, 5000);
      case 'grace':
        return this.#random.pick([29_000, 31_000]);
      case 'minutes':
        return this.#random.pick([61_000, 301_000]);
      case 'deadline': {
        const now = this.#arena.clock.now();
        const seat = this.#arena.referee.seats.get(this.#agent());
        const freeze = this.#arena.referee.platform.freezeOf(seat?.agent.person.organisation ?? 0);
        const alarms = seat === undefined ? [] : alarmsOf(seat.agent, seat.evidence, freeze);
        const next = alarms.map(({ at }) => at - now);
        const left = Math.min(...next, 60_000) + this.#random.pick([-1000, -1, 0, 1, 499, 1000]);
        return Math.max(1, left > 60_000 ? 1000 : left);
      }
    }
  }
}
