/** What agents and their devices do. */
import * as fc from 'fast-check';
import type { Wish } from '../model/judge.ts';
import { LAWS } from '../model/law.ts';
import type { Asked } from '../model/referee.ts';
import { type Kind, kind } from './move.ts';
import { PEOPLE, type Stage } from './stage.ts';

/** The first mostly: much happens to one, and some to others. */
export const anyAgent = mostly(PEOPLE);
/** A session by its place: mostly one that the agent has. */
const anySession = mostly([0, 1, 2, 3]);
/** One of the log-in sessions that an agent has. */
const anyLogin = fc.constantFrom(1, 1, 1, 2);
const seldom = fc.constantFrom(false, false, false, true);
/** A session by its place, or none: a call over HTTP. */
const anyWay = fc.option(anySession, { freq: 4, nil: null });
export const anyStatus = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('available', 'busy', 'away', 'break', 'wrap_up') },
  { weight: 8, arbitrary: fc.constantFrom(...new Set(Object.values(LAWS).flatMap(codesOf))) },
  { weight: 1, arbitrary: fc.constantFrom('offline', 'nonsense', '') },
);
/** How far off the seq is that is expected; null where none is. */
const anyExpected = fc.constantFrom(null, null, null, null, null, 0, 0, -1);

const opens = kind({
  name: 'opens',
  weight: 30,
  how: fc.record({
    agent: anyAgent,
    /** What it resumes: a session by its place, and how far the seq that the client has is off. */
    resumes: fc.option(fc.record({ nth: anySession, off: fc.constantFrom(0, 0, 0, -1, 1) }), { nil: null }),
    login: anyLogin,
  }),
  does(stage, { agent, resumes, login }) {
    const seq = Math.max(0, seqOf(stage, agent) + (resumes?.off ?? 0));
    const resume = resumes && { session: stage.session(agent, resumes.nth), seq };
    const opening = { session: stage.newSession(agent), login: loginOf(agent, login) };
    stage.ask({ agent, wish: { kind: 'open', ...opening, resume, isOnRequests: false } });
  },
});

const loses = kind({
  name: 'loses',
  weight: 8,
  how: fc.record({ agent: anyAgent, nth: anySession, byServer: fc.boolean() }),
  // Gateways know of nobody else.
  isPossible: ({ seats }, { agent }) => seats.has(agent),
  does(stage, { agent, nth, byServer }) {
    stage.lose(agent, stage.session(agent, nth), byServer);
  },
});

/** Every connection of some is gone at once. */
const areCutOff = kind({
  name: 'are cut off',
  weight: 1,
  how: fc.subarray(PEOPLE, { minLength: 2 }),
  does(stage, agents) {
    for (const agent of agents)
      for (const { id, lostAt } of stage.agent(agent)?.sessions ?? [])
        if (lostAt === null) stage.lose(agent, id, false);
  },
});

/** A heartbeat: active now, a while ago, or — by a clock that is ahead — in the future. */
const stirs = kind({
  name: 'stirs',
  weight: 10,
  how: fc.record({
    agent: anyAgent,
    nth: anySession,
    agoMs: fc.constantFrom(0, 0, 700, 20_000, 500_000, -60_000),
  }),
  does(stage, { agent, nth, agoMs }) {
    stage.touch(agent, stage.session(agent, nth), agoMs);
  },
});

const chooses = kind({
  name: 'chooses',
  weight: 44,
  how: fc.record({
    agent: anyAgent,
    nth: anyWay,
    status: anyStatus,
    reason: fc.constantFrom(null, null, 'because'),
    isForLater: seldom,
    expecting: anyExpected,
    /** Over HTTP, an agent who isn't here begins a session on requests with it: with which log-in; null for not. */
    login: fc.option(anyLogin, { nil: null }),
  }),
  does(stage, { agent, nth, status, reason, isForLater, expecting, login }) {
    const session = nth === null ? null : stage.session(agent, nth);
    const wish: Wish = { kind: 'choose', status, reason, session, by: agent, isForLater };
    const begins = session === null && status !== 'offline' && login !== null;
    const opening = begins ? { session: stage.newSession(agent), login: loginOf(agent, login) } : undefined;
    askOwn(stage, { agent, wish, session, expecting, opening });
  },
});

/** The log-in session ends that a session was opened with, or (`login`) another. */
const lapses = kind({
  name: 'lapses',
  weight: 4,
  how: fc.record({ agent: anyAgent, nth: anySession, login: fc.option(anyLogin, { freq: 1, nil: null }) }),
  isPossible: ({ seats }, { agent, nth }) => seats.get(agent)?.agent.sessions[nth] !== undefined,
  does(stage, { agent, nth, login }) {
    const session = stage.agent(agent)?.sessions[nth];
    if (session === undefined) return;
    stage.lapse(agent, session.id, login === null ? session.login : loginOf(agent, login));
  },
});

const works = kind({
  name: 'works',
  weight: 20,
  how: fc.record({
    agent: anyAgent,
    nth: anySession,
    current: fc.nat({ max: 2 }),
    max: fc.integer({ min: 1, max: 2 }),
  }),
  does(stage, { agent, nth, current, max }) {
    const session = stage.session(agent, nth);
    askOwn(stage, { agent, wish: { kind: 'work', current, max, session, by: agent }, session });
  },
});

const asksForMore = kind({
  name: 'extends',
  weight: 10,
  how: fc.record({ agent: anyAgent, nth: anyWay, reason: fc.constantFrom('a long queue', '') }),
  does(stage, { agent, nth, reason }) {
    const session = nth === null ? null : stage.session(agent, nth);
    askOwn(stage, { agent, wish: { kind: 'extend', reason, session, by: agent }, session });
  },
});

const saysBye = kind({
  name: 'says bye',
  weight: 2,
  how: fc.record({ agent: anyAgent, nth: anySession }),
  does(stage, { agent, nth }) {
    const session = stage.session(agent, nth);
    askOwn(stage, { agent, wish: { kind: 'bye', session, by: agent }, session });
  },
});

/** The network brings once more what was asked so many commands ago. */
const comesAgain = kind({
  name: 'comes again',
  weight: 10,
  how: fc.nat({ max: 20 }),
  does: (stage, nth) => stage.askAgain(nth),
});

export const agents: readonly Kind[] = [
  opens,
  loses,
  lapses,
  areCutOff,
  stirs,
  chooses,
  works,
  asksForMore,
  saysBye,
  comesAgain,
];

/** Any of them; each twice as often as the next one. */
function mostly<Item>(items: readonly Item[]): fc.Arbitrary<Item> {
  const weighted = items.map((item, at) => ({
    weight: 2 ** (items.length - at),
    arbitrary: fc.constant(item),
  }));
  return fc.oneof(...weighted);
}

interface Own {
  readonly agent: number;
  readonly wish: Wish;
  readonly session: string | null;
  readonly expecting?: number | null;
  readonly opening?: Asked['opening'] | undefined;
}

function askOwn(stage: Stage, { agent, wish, session, expecting = null, opening }: Own): void {
  const command = { sender: session ?? `user:${agent}`, id: stage.newCommand() };
  const expectSeq = expecting === null ? {} : { expectSeq: seqOf(stage, agent) + expecting };
  stage.ask({ agent, wish, command, ...expectSeq, ...(opening !== undefined && { opening }) });
}

function loginOf(agent: number, nth: number): string {
  return `log-in ${agent}-${nth}`;
}

function seqOf(stage: Stage, agent: number): number {
  return stage.agent(agent)?.seq ?? 0;
}

function codesOf({ statuses }: (typeof LAWS)[number]): readonly string[] {
  return statuses.map(({ code }) => code);
}
