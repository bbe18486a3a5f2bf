import { systemClock } from '../engine/clock.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { type FileJournal, openFileJournal } from '../engine/journal/file.ts';
import { openFileSnapshots } from '../engine/snapshots/file.ts';
import { lockFolder } from '../engine/journal/lock.ts';
import { LAW, pagesOf } from './law.ts';

/** An engine on a journal of files, as the server runs it. */
export interface OpenedEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly journal: FileJournal;
}

export interface EngineOptions {
  readonly folder: string;
  /** How many agents there are; their ids begin with 1. */
  readonly agents: number;
  /** How many bytes of the journal are kept at hand for followers; as the server does when absent. */
  readonly keepBytes?: number;
  /** Whether there are snapshots. None is taken but when it is asked for. */
  readonly hasSnapshots?: boolean;
}

export async function openEngine({
  folder,
  agents: count,
  keepBytes,
  hasSnapshots = false,
}: EngineOptions): Promise<OpenedEngine> {
  const lock = await lockFolder(folder);
  const journal = await openFileJournal({ lock, ...(keepBytes !== undefined && { keepBytes }) });
  const engine = await createEngine({
    node: 'node1',
    journal,
    clock: systemClock,
    roster: {
      async *members() {
        yield* pagesOf(count);
      },
    },
    catalogue: () => LAW.catalogue,
    config: () => LAW.config,
    ...(hasSnapshots && { snapshots: { store: await openFileSnapshots(folder), afterOffsets: Infinity } }),
  });
  return {
    engine,
    journal,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
    },
  };
}

/** So many agents are told something at the same time: more would only wait. */
const WAVE = 5_000;

/** Does something for each agent; a refusal is thrown. */
export async function forEachAgent(count: number, deed: (agent: number) => Promise<unknown>): Promise<void> {
  for (let first = 1; first <= count; first += WAVE)
    await Promise.all(
      Array.from({ length: Math.min(WAVE, count - first + 1) }, (_, index) => deed(first + index)),
    );
}

/** Logs an agent in. @throws Error */
export function logIn(engine: Engine, agent: number, device = 1): Promise<void> {
  return settle(
    engine.dispatch(agent, {
      input: {
        type: 'open',
        session: sessionOf(agent, device),
        device: 'bench',
        address: '192.0.2.17',
        lives: 'on_socket',
        login: 'a log-in',
        resume: null,
      },
    }),
  );
}

/** Has an agent choose a status, as its own session's command. @throws Error */
export function choose(
  engine: Engine,
  agent: number,
  { status, command, device = 1 }: { status: string; command: string; device?: number },
) {
  const session = sessionOf(agent, device);
  return settle(
    engine.dispatch(agent, {
      input: { type: 'choose', status, reason: null, session, by: agent },
      command: { id: command, session },
    }),
  );
}

/** Has an agent be at work on so many tasks, as its own session's command. @throws Error */
export function work(
  engine: Engine,
  agent: number,
  { current, command }: { current: number; command: string },
): Promise<void> {
  const session = sessionOf(agent);
  return settle(
    engine.dispatch(agent, {
      input: { type: 'work', current, max: 3, session, by: agent },
      command: { id: command, session },
    }),
  );
}

/** One of an agent's connections is lost. @throws Error */
export function lose(engine: Engine, agent: number, device: number): Promise<void> {
  const session = sessionOf(agent, device);
  return settle(engine.dispatch(agent, { input: { type: 'lose', session, byServer: false } }));
}

/** Logs an agent out. @throws Error */
export function logOut(engine: Engine, agent: number): Promise<void> {
  return settle(
    engine.dispatch(agent, {
      input: { type: 'leave', cause: 'agent', reason: null, session: sessionOf(agent, 1), by: agent },
    }),
  );
}

async function settle(answering: ReturnType<Engine['dispatch']>): Promise<void> {
  const answer = await answering;
  if (!answer.ok) throw new Error(answer.message);
}

export function sessionOf(agent: number, device = 1): string {
  return `node1-5f0c8a52-3b7c-4a51-9f0${device}-${String(agent).padStart(12, '0')}`;
}
