import type { Answer } from '../../engine/answers.ts';
import { createEngine, type Engine, type EngineOptions } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Command } from '../../engine/inputs.ts';
import type { Member } from '../../engine/member.ts';
import { FakeClock } from './fake-clock.ts';
import { LAW } from './laws.ts';

export function member(id: number, more: Partial<Member> = {}): Member {
  return {
    id,
    organisationId: 1,
    name: `Agent ${id}`,
    teamId: 1,
    department: 'Support',
    role: 'agent',
    onBoard: true,
    active: true,
    ...more,
  };
}

export function rosterOf(members: readonly Member[]): EngineOptions['roster'] {
  return {
    async *members() {
      yield* members;
    },
  };
}

/** An engine over a memory journal and a fake clock, unless told otherwise. */
export async function startEngine(
  options: Partial<EngineOptions> & { members?: readonly Member[] } = {},
): Promise<{ engine: Engine; clock: FakeClock; journal: EngineOptions['journal'] }> {
  const clock = options.clock instanceof FakeClock ? options.clock : new FakeClock();
  const journal = options.journal ?? new MemoryJournal();
  const engine = await createEngine({
    node: 'test',
    journal,
    clock,
    roster: rosterOf(options.members ?? [member(1), member(2), member(3)]),
    catalogue: () => LAW.catalogue,
    config: () => LAW.config,
    ...options,
  });
  return { engine, clock, journal };
}

/** What a gateway and an agent do, in short. */
export const act = {
  open: (
    engine: Engine,
    agent: number,
    session: string,
    resume: { session: string; seq: number } | null = null,
  ): Promise<Answer> =>
    engine.dispatch(agent, {
      input: { type: 'open', session, device: 'test', address: '127.0.0.1', resume },
    }),
  lose: (engine: Engine, agent: number, session: string): Promise<Answer> =>
    engine.dispatch(agent, { input: { type: 'lose', session } }),
  choose: (
    engine: Engine,
    agent: number,
    choice: Partial<Extract<Command, { type: 'choose' }>> & { status: string; id?: string },
  ): Promise<Answer> => {
    const { id, ...rest } = choice;
    const session = rest.session ?? null;
    return engine.dispatch(agent, {
      input: { type: 'choose', reason: null, by: agent, ...rest, session },
      ...(id !== undefined && { command: session === null ? { id, user: agent } : { id, session } }),
    });
  },
};
