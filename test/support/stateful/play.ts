/** Plays moves on a real engine, and holds it against the rules: moves that were kept, or any that fast-check thinks of. */
import * as fc from 'fast-check';
import type { Tampering } from '../fuzz/arena.ts';
import type { Move } from './move.ts';
import { KINDS } from './moves.ts';
import { Stage } from './stage.ts';

/** A move as it is written down: its name, and all there is to say of it. */
export type Written = readonly [name: string, how: unknown];

export interface Search {
  readonly runs: number;
  /** So many moves at most in each. */
  readonly longest: number;
  readonly tampering?: Tampering;
  /** Where to look; anywhere when absent. */
  readonly where?: Partial<Where>;
  /** Whether what fails is made as short as can be; true when absent. */
  readonly isShortened?: boolean;
}

/** @throws RangeError for a name that no kind of move has; Disagreement */
export function playWritten(written: readonly Written[]): Promise<void> {
  return play(written.map(moveOf), {});
}

/** Where fast-check found a run. */
export interface Where {
  readonly seed: number;
  readonly path: string;
  readonly replayPath: string;
}

/** A run that failed, made as short as can be. */
export interface Found extends Where {
  readonly moves: readonly Written[];
  readonly error: unknown;
}

/** One of kept-runs.ts. */
export interface Kept {
  /** The rule, and what was wrong. */
  readonly title: string;
  readonly found: Where;
  readonly moves: readonly Written[];
}

/** Plays so many runs; null where none fails. */
export async function search(options: Search): Promise<Found | null> {
  const { runs, longest, tampering = {}, where = {}, isShortened = true } = options;
  const { replayPath, ...start } = where;
  const weighted = fc.oneof(...KINDS.map((kind) => kind.weighted));
  const constraints = {
    maxCommands: longest,
    size: 'max',
    ...(replayPath !== undefined && { replayPath }),
  } as const;
  const property = fc.asyncProperty(fc.commands([weighted], constraints), (moves) => play(moves, tampering));
  const details = await fc.check(property, {
    ...start,
    numRuns: runs,
    endOnFailure: !isShortened,
  });
  if (!details.failed) return null;
  return {
    ...read(fc.stringify(details.counterexample?.[0])),
    seed: details.seed,
    path: details.counterexamplePath ?? '',
    error: details.errorInstance,
  };
}

async function play(moves: Iterable<Move>, tampering: Tampering): Promise<void> {
  const stage = await Stage.open(tampering);
  await fc.asyncModelRun(() => ({ model: stage.arena.referee, real: stage }), moves);
  await stage.close();
}

function moveOf([name, how]: Written): Move {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new RangeError(`there is no kind of move ${name}`);
  return kind.made(how);
}

/** As fast-check writes a run: the moves that were made, and which of all those these are. */
function read(text: string): Pick<Found, 'moves' | 'replayPath'> {
  const [, moves = '', replayPath = ''] = /^(.*?)\s*(?:\/\*replayPath="(.*)"\*\/)?$/s.exec(text) ?? [];
  return { moves: JSON.parse(`[${moves}]`) as readonly Written[], replayPath };
}

/** What there is to say where all is as the rules say. */
export const NOTHING = 'nothing failed';

/** What went wrong, how to have it again, and the very lines to keep. */
export function report(found: Found | null): string {
  if (found === null) return NOTHING;
  const { moves, error, seed, path, replayPath } = found;
  const again = `STATEFUL_SEED=${seed} STATEFUL_PATH=${path} STATEFUL_REPLAY=${replayPath}`;
  const lines = moves.map((move) => `      ${JSON.stringify(move)},`);
  return [
    String(error),
    `Again: ${again}. Once mended, keep it in test/property/kept-runs.ts:`,
    `  {`,
    `    title: 'the rule: what was wrong',`,
    `    found: ${JSON.stringify({ seed, path, replayPath })},`,
    `    moves: [`,
    ...lines,
    `    ],`,
    `  },`,
  ].join('\n');
}
