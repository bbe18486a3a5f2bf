import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActor } from 'xstate';
import { machine } from '../../engine/machine.ts';
import { answer, usage } from '../answering.ts';
import { choose, type EngineOptions, forEachAgent, logIn, logOut, openEngine } from '../engines.ts';
import { LAW } from '../law.ts';
import { loginStatus } from '../../engine/law.ts';

/** Heap bytes for an agent, by what has happened to it. */
export interface AgentBytes {
  /** Known, and nothing more. */
  readonly known: number;
  /** At work, with a session. */
  readonly atWork: number;
  /** What a further session adds that has sent a command. */
  readonly session: number;
  /** Gone again: what is left without sessions. */
  readonly gone: number;
}

/** An engine that keeps so many agents. Nobody watches, so there are no tiles as JSON. */
async function agents(options: EngineOptions): Promise<AgentBytes> {
  await warmUp();
  const before = usage().heapBytes;
  // What the journal keeps for followers is the same however many agents there are.
  await using opened = await openEngine({ ...options, keepBytes: 1 << 20 });
  const { engine } = opened;
  const perAgent = () => (usage().heapBytes - before) / options.agents;
  const known = perAgent();
  await forEachAgent(options.agents, (agent) => logIn(engine, agent));
  await forEachAgent(options.agents, (agent) => choose(engine, agent, { status: 'busy', command: '1' }));
  const atWork = perAgent();
  await forEachAgent(options.agents, (agent) => logIn(engine, agent, 2));
  await forEachAgent(options.agents, (agent) =>
    choose(engine, agent, { status: 'available', command: '2', device: 2 }),
  );
  const session = perAgent() - atWork;
  await forEachAgent(options.agents, (agent) => logOut(engine, agent));
  return { known, atWork, session, gone: perAgent() };
}

/** What the engine's code and an engine as such take is no agent's. */
async function warmUp(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  {
    await using opened = await openEngine({ folder, agents: 100 });
    await forEachAgent(100, (agent) => logIn(opened.engine, agent));
    await forEachAgent(100, (agent) => choose(opened.engine, agent, { status: 'busy', command: '1' }));
    await forEachAgent(100, (agent) => logOut(opened.engine, agent));
  }
  await rm(folder, { recursive: true });
}

/** A live XState actor each, logged in. */
function actors(count: number): number {
  const before = usage().heapBytes;
  const circumstances = {
    now: 1,
    law: LAW,
    role: 'agent',
    seq: 0,
    frozenUntil: null,
    named: loginStatus(LAW),
  } as const;
  const held = Array.from({ length: count }, (_, agent) => {
    const actor = createActor(machine).start();
    const session = `node1-${agent}`;
    actor.send({
      type: 'open',
      session,
      device: 'bench',
      address: '192.0.2.17',
      lives: 'on_socket',
      login: 'a log-in',
      resume: null,
      ...circumstances,
    });
    return actor;
  });
  const perActor = (usage().heapBytes - before) / count;
  for (const actor of held) actor.stop();
  return perActor;
}

answer({ agents, actors });
