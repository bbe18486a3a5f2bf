/** The ways of holding agents that are measured: each takes a deed, and shows an agent's axes. */
import { createActor } from 'xstate';
import { apply, decide } from '../../engine/agent.ts';
import { type Axes, type Configuration, copyAxes } from '../../engine/axes.ts';
import { machine } from '../../engine/machine.ts';
import { newcomer } from '../../engine/record.ts';
import { compile, move } from '../../engine/table.ts';
import { agents, LAW } from '../law.ts';
import { advance } from './by-hand.ts';
import { type DeedStimulus, NEWCOMER } from './deeds.ts';

export interface Population {
  take(agent: number, stimulus: DeedStimulus): void;
  axesOf(agent: number): Axes;
}

export const POPULATIONS = {
  /** The statechart as Rollcall runs it. */
  table: (count) => {
    const table = compile(machine.config);
    const held = Array.from({ length: count }, () => copyAxes(NEWCOMER));
    return {
      take: (agent, stimulus) => {
        const axes = held[agent];
        if (axes !== undefined) move(table, axes, stimulus);
      },
      axesOf: (agent) => held[agent] ?? NEWCOMER,
    };
  },
  /** All that Rollcall does of a command before the journal and after it: judge, step, make the event, fold it. */
  decide: (count) => {
    const table = compile(machine.config);
    const held = Array.from(agents(count), newcomer);
    return {
      take: (agent, stimulus) => {
        const before = held[agent];
        if (before === undefined) return;
        const decision = decide(before, stimulus, {
          table,
          law: LAW,
          now: stimulus.now,
          frozenUntil: null,
        });
        if (decision.kind === 'changed') held[agent] = apply(before, decision.event);
      },
      axesOf: (agent) => held[agent] ?? NEWCOMER,
    };
  },
  /** A live XState actor each, at its defaults. */
  actors: (count) => {
    const held = Array.from({ length: count }, () => createActor(machine).start());
    return {
      take: (agent, stimulus) => held[agent]?.send(stimulus),
      axesOf: (agent) => {
        const snapshot = held[agent]?.getSnapshot();
        if (snapshot === undefined) return NEWCOMER;
        return { ...(snapshot.value as unknown as Configuration), ...snapshot.context };
      },
    };
  },
  /** A switch, written by hand for these deeds alone. */
  switch: (count) => {
    const held = Array.from({ length: count }, () => copyAxes(NEWCOMER));
    return {
      take: (agent, stimulus) => {
        const axes = held[agent];
        if (axes !== undefined) advance(axes, stimulus);
      },
      axesOf: (agent) => held[agent] ?? NEWCOMER,
    };
  },
} as const satisfies Record<string, (count: number) => Population>;

export type PopulationName = keyof typeof POPULATIONS;
