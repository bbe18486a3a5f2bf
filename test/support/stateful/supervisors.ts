/** What supervisors and whoever keeps the master data do. */
import * as fc from 'fast-check';
import { SUPERVISORS } from '../fuzz/cast.ts';
import type { Person } from '../model/agent.ts';
import { anyAgent, anyStatus } from './agents.ts';
import { type Kind, kind } from './move.ts';

const anyBody = fc.constantFrom(...SUPERVISORS);

export const anyChange: fc.Arbitrary<Partial<Person>> = fc.constantFrom<Partial<Person>>(
  { name: 'Another Name' },
  { team: 1 },
  { team: 2 },
  { team: null },
  { department: 'Sales' },
  { department: null },
  { role: 'supervisor' },
  { onBoard: false },
  { active: false },
  { active: true, onBoard: true },
  { active: true, onBoard: true },
  {},
);

const forces = kind({
  name: 'forces',
  weight: 10,
  how: fc.record({
    agent: anyAgent,
    by: anyBody,
    status: anyStatus,
    hold: fc.boolean(),
    isForLater: fc.boolean(),
  }),
  does(stage, { agent, by, status, hold, isForLater }) {
    const command = { sender: `user:${by}`, id: stage.newCommand() };
    stage.ask({
      agent,
      wish: { kind: 'force', status, reason: 'as I say', hold, by, isForLater },
      command,
    });
  },
});

const releases = kind({
  name: 'releases',
  weight: 6,
  how: fc.record({ agent: anyAgent, by: anyBody }),
  does(stage, { agent, by }) {
    const command = { sender: `user:${by}`, id: stage.newCommand() };
    stage.ask({ agent, wish: { kind: 'release', by }, command });
  },
});

const isChanged = kind({
  name: 'is changed',
  weight: 3,
  how: fc.record({ agent: anyAgent, change: anyChange }),
  does(stage, { agent, change }) {
    const person = stage.change(agent, change);
    stage.arena.referee.strangers(person);
    stage.ask({ agent, wish: { kind: 'profile', person } });
  },
});

export const supervisors: readonly Kind[] = [forces, releases, isChanged];
