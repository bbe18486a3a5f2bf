/** What happens to the agents: the same deeds in the same order for everybody who is measured, all of them effective. */
import { type Axes, INITIAL_CONFIGURATION, INITIAL_CONTEXT } from '../../engine/axes.ts';
import { OFFLINE } from '../../engine/catalogue.ts';
import type { Input, Stimulus } from '../../engine/inputs.ts';
import { loginStatus } from '../../engine/law.ts';
import { machine } from '../../engine/machine.ts';
import { dutyIdleLimitMs } from '../../engine/duties.ts';
import { compile, step } from '../../engine/table.ts';
import { Seeded } from '../../test/support/seeded.ts';
import { LAW } from '../law.ts';

export interface Deed {
  /** Which agent, from 0. */
  readonly agent: number;
  readonly stimulus: DeedStimulus;
}

/** Of all that can happen, what happens often. */
export type DeedStimulus = Extract<Stimulus, { readonly type: DeedInput['type'] }>;
type DeedInput = Extract<Input, { readonly type: 'open' | 'lose' | 'choose' | 'work' | 'idle' | 'active' }>;
type Kind = 'choose' | 'work' | 'lose' | 'rest';

export const NEWCOMER: Axes = { ...INITIAL_CONFIGURATION, ...INITIAL_CONTEXT };

/** As often as they stand here. */
const KINDS: readonly Kind[] = [
  ...Array.from({ length: 10 }, () => 'choose' as const),
  ...Array.from({ length: 5 }, () => 'work' as const),
  ...Array.from({ length: 2 }, () => 'lose' as const),
  ...Array.from({ length: 3 }, () => 'rest' as const),
];
const BEGINNING = Date.UTC(2026, 0, 5, 8);
const MAX_TASKS = 3;

/** Goes on for ever: what it makes depends on the seed and on how many agents there are, and on nothing else. */
export class Deeds {
  readonly #random: Seeded;
  readonly #table = compile(machine.config);
  /** The agents as they are after all that was made. */
  readonly #agents: Axes[];
  #now = BEGINNING;

  constructor({ agents, seed }: { readonly agents: number; readonly seed: number }) {
    this.#random = new Seeded(seed);
    this.#agents = Array.from({ length: agents }, () => NEWCOMER);
  }

  /** One log-in of each agent. */
  openings(): readonly Deed[] {
    return this.#agents.flatMap((_, agent) => this.#happen(agent, opening(agent, null)) ?? []);
  }

  /** So many more of all kinds. */
  mixed(count: number): readonly Deed[] {
    const deeds: Deed[] = [];
    while (deeds.length < count) {
      const agent = this.#random.below(this.#agents.length);
      const axes = this.#agents[agent] ?? NEWCOMER;
      const deed = this.#happen(agent, nextOf(agent, { axes, now: this.#now, random: this.#random }));
      if (deed !== null) deeds.push(deed);
    }
    return deeds;
  }

  /** Null for what changes nothing. */
  #happen(agent: number, input: DeedInput): Deed | null {
    const before = this.#agents[agent] ?? NEWCOMER;
    const stimulus = stimulusOf(input, this.#now++);
    const after = step(this.#table, before, stimulus)?.axes;
    if (after === undefined) return null;
    this.#agents[agent] = after;
    return { agent, stimulus };
  }
}

interface Moment {
  readonly axes: Axes;
  readonly now: number;
  readonly random: Seeded;
}

/** What the agent, being as it is, does or suffers next. */
function nextOf(agent: number, { axes, now, random }: Moment): DeedInput {
  const session = sessionOf(agent);
  if (axes.connectivity === 'reconnecting') return opening(agent, { session, seq: 0 });
  const kind = random.pick(KINDS);
  const idleMs = dutyIdleLimitMs(axes, LAW);
  if (kind === 'lose') return { type: 'lose', session, byServer: false };
  if (kind === 'rest' && axes.activity === 'idle') return { type: 'active', at: now };
  if (kind === 'rest' && idleMs !== null) return { type: 'idle', since: now - idleMs };
  if (kind === 'work') {
    const current = random.between(0, MAX_TASKS);
    return { type: 'work', current, max: MAX_TASKS, session, by: agent };
  }
  const codes = LAW.catalogue.allowed('agent', axes.dutyCode ?? '').filter((code) => code !== OFFLINE);
  return { type: 'choose', status: random.pick(codes), reason: null, session, by: agent };
}

function opening(agent: number, resume: { session: string; seq: number } | null): DeedInput {
  return {
    type: 'open',
    session: sessionOf(agent),
    device: 'Firefox on Linux',
    address: '127.0.0.1',
    lives: 'on_socket',
    login: 'a log-in',
    resume,
  };
}

function sessionOf(agent: number): string {
  return `node1-${agent}`;
}

function stimulusOf(input: DeedInput, now: number): DeedStimulus {
  const at = { now, law: LAW, role: 'agent', seq: 0, frozenUntil: null } as const;
  switch (input.type) {
    case 'open':
      return Object.assign({}, at, { named: loginStatus(LAW) }, input);
    case 'choose': {
      const named = LAW.catalogue.duty(input.status);
      if (named === null) throw new RangeError(`there is no status ${input.status}`);
      return Object.assign({}, at, { named }, input);
    }
    default:
      return Object.assign({}, at, input);
  }
}
