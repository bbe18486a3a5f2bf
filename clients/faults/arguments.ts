import { parseArgs } from 'node:util';
import { PASSWORD, SEEDED_AGENTS } from './ground/seeded-folder.ts';
import type { Given, Wishes } from './stage.ts';

export interface Arguments {
  /** The scenario to play, or ALL; null where there is only to be told which there are. */
  readonly name: string | null;
  readonly given: Given | null;
  readonly wishes: Wishes;
}

/** An argument that can't be used, in one line. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument';
}

/** Stands for every scenario. */
export const ALL = 'all';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const MAX_SECONDS = 3_600;

/** @throws BadArgument; TypeError for one that there isn't. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      password: { type: 'string', default: PASSWORD },
      'admin-password': { type: 'string' },
      seconds: { type: 'string' },
      agents: { type: 'string' },
    },
  });
  const [name = null, ...others] = positionals;
  if (others.length > 0) throw new BadArgument(`one scenario at a time, or all: not ${others.join(' ')}`);
  const { url, password, 'admin-password': adminPassword } = values;
  return {
    name,
    given: url === undefined ? null : givenAt(url, { password, adminPassword }),
    wishes: {
      seconds: whole('--seconds', values.seconds, MAX_SECONDS),
      agents: whole('--agents', values.agents, SEEDED_AGENTS),
      isInARow: name === ALL,
    },
  };
}

function givenAt(
  url: string,
  { password, adminPassword }: { password: string; adminPassword: string | undefined },
): Given {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new BadArgument('--url: must be http://host:port');
  if (!LOOPBACK.test(new URL(url).hostname))
    throw new BadArgument(
      '--url: must be on this machine: what breaks connections is not let loose on a network',
    );
  if (adminPassword === undefined)
    throw new BadArgument('--admin-password: is needed with --url, to set the heartbeat and to set it back');
  return { url: url.replace(/\/$/, ''), password, adminPassword };
}

function whole(name: string, text: string | undefined, most: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new BadArgument(`${name}: must be a whole number from 1 to ${most}`);
}
