import { parseArgs } from 'node:util';
import type { Script } from './plan/script.ts';
import { shifts } from './plan/shifts.ts';
import { steadyRate } from './plan/steady-rate.ts';

export interface Arguments {
  readonly url: string;
  readonly agents: number;
  readonly password: string;
  readonly script: Script;
  readonly watchers: number;
  /** After how long to stop and to judge; null for never. */
  readonly minutes: number | null;
}

/** An argument that can't be used, in one line. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument';
}

/** @throws BadArgument; TypeError for one that there isn't. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      agents: { type: 'string', default: '200' },
      password: { type: 'string', default: 'Rollcall1' },
      speed: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string', default: '1' },
      watchers: { type: 'string', default: '0' },
      minutes: { type: 'string' },
    },
  });
  const { url, password, speed, rate } = values;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new BadArgument('--url: must be http://host:port');
  if (speed !== undefined && rate !== undefined)
    throw new BadArgument('--speed and --rate: one of them, people at work or a given load');
  const agents = whole('--agents', values.agents, 1);
  const seed = whole('--seed', values.seed, 0);
  return {
    url: url.replace(/\/$/, ''),
    agents,
    password,
    script:
      rate === undefined
        ? shifts({ seed, speed: positive('--speed', speed ?? '1') })
        : steadyRate({ seed, agents, rate: positive('--rate', rate) }),
    watchers: whole('--watchers', values.watchers, 0),
    minutes: values.minutes === undefined ? null : positive('--minutes', values.minutes),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new BadArgument(`${name}: must be a number above 0`);
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new BadArgument(`${name}: must be a whole number from ${least}`);
}
