import { Fault, NotHere, type Scenario } from './scenario.ts';
import { Stage, type StageOptions } from './stage.ts';
import { Story } from './story.ts';
import { inSeconds } from './waiting.ts';

export type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly reasons: readonly string[] }
  /** It can't be played here. */
  | { readonly kind: 'skipped'; readonly why: string }
  /** Somebody wants to stop. */
  | { readonly kind: 'broken off' };

export interface RunnerOptions extends Omit<StageOptions, 'story'> {
  readonly tell: (line: string) => void;
  /** Aborts when somebody wants to stop. */
  readonly signal: AbortSignal;
}

/** A scenario that takes longer hangs; what is broken for longer than usual comes on top. */
const LONGEST_MS = 300_000;

/** Plays a scenario to its end, and closes whatever it has opened. */
export async function play(scenario: Scenario, options: RunnerOptions): Promise<Outcome> {
  const { tell, given } = options;
  tell(`${scenario.name}: ${scenario.shows}`);
  const story = new Story((line) => tell(`  ${line}`));
  const isPlayable = given === null || scenario.plays === 'on any server';
  const outcome: Outcome = isPlayable
    ? await perform(scenario, { ...options, story })
    : { kind: 'skipped', why: 'it needs a server of its own: leave out --url' };
  tell(`${scenario.name}: ${inWords(outcome)} (${story.seconds} s)\n`);
  return outcome;
}

async function perform(scenario: Scenario, options: StageOptions & RunnerOptions): Promise<Outcome> {
  await using stage = new Stage(options);
  const longestMs = LONGEST_MS + (options.wishes.seconds ?? 0) * 1000;
  using waiting = new Deadline(options.signal, longestMs);
  return await Promise.race([outcomeOf(scenario, stage), waiting.reached]);
}

/** Never rejects. */
async function outcomeOf(scenario: Scenario, stage: Stage): Promise<Outcome> {
  const { story } = stage;
  try {
    await scenario.play(stage);
  } catch (error) {
    if (error instanceof NotHere) return { kind: 'skipped', why: error.message };
    return { kind: 'fail', reasons: [...story.faults, reasonOf(error)] };
  }
  return story.faults.length === 0 ? { kind: 'pass' } : { kind: 'fail', reasons: story.faults };
}

/** When a scenario is not waited for any more. */
class Deadline implements Disposable {
  readonly reached: Promise<Outcome>;
  #clear: () => void = () => undefined;

  constructor(signal: AbortSignal, longestMs: number) {
    this.reached = new Promise((resolve) => {
      const stop = () => resolve({ kind: 'broken off' });
      const late = () =>
        resolve({ kind: 'fail', reasons: [`it did not end within ${inSeconds(longestMs)}`] });
      const timer = setTimeout(late, longestMs);
      signal.addEventListener('abort', stop);
      this.#clear = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      };
    });
  }

  [Symbol.dispose](): void {
    this.#clear();
  }
}

/** What is no finding of a scenario is told with where it came from. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Fault ? error.message : (error.stack ?? error.message);
}

export function inWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'fail':
      return `fail: ${outcome.reasons.join('; ')}`;
    case 'skipped':
      return `skipped: ${outcome.why}`;
    default:
      return outcome.kind;
  }
}
