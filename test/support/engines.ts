import { createEngine, type Engine, type EngineOptions } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
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
    createdAt: 0,
    ...more,
  };
}

export function rosterOf(members: readonly Member[]): EngineOptions['roster'] {
  return {
    async *members() {
      yield members;
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
