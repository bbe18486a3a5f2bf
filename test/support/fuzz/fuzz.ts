/** A seed's run: so many things happen one after another, and after each the engine is held against the rules. */
import { settle } from '../fake-clock.ts';
import { Arena, type Tampering, type Temper } from './arena.ts';
import { Player } from './player.ts';

/** How the journal behaves, by seed: the even ones have a quick and faultless one. */
const CALM: Temper = { isSlow: false, failing: 0, stirring: 0.02 };
const ROUGH: readonly Temper[] = [
  { ...CALM, isSlow: true },
  { ...CALM, failing: 0.1 },
  { ...CALM, isSlow: true, failing: 0.1 },
];

export function temperOf(seed: number): Temper {
  return seed % 2 === 0 ? CALM : (ROUGH[((seed - 1) / 2) % ROUGH.length] ?? CALM);
}

/** How many steps lie between two looks at the boards. */
const LOOK = 20;
const LAST = 20;

/** The seed's run went wrong; how to have it again. */
export class FuzzFailed extends Error {
  override readonly name = 'FuzzFailed';
}

/** @throws FuzzFailed */
export async function fuzz(seed: number, steps: number, tampering: Tampering = {}): Promise<void> {
  const arena = new Arena(seed, { temper: temperOf(seed), tampering });
  const player = new Player(arena);
  const last: (readonly unknown[])[] = [];
  let step = 0;
  try {
    await arena.begin();
    for (step = 1; step <= steps; step++) {
      const action = await player.act();
      last.push(action);
      if (last.length > LAST) last.shift();
      if (action[0] !== 'wait') await settle();
      const isLook = step % LOOK === 0 || step === steps;
      if (arena.isRough && isLook) await arena.calm();
      if (!arena.isRough || isLook) arena.check();
      else arena.rethrow();
      if (isLook) {
        arena.audience.flush();
        await settle();
        arena.audience.check();
        arena.checkWhy(step / LOOK);
      }
    }
    arena.audience.checkBoards();
    await arena.checkHistory();
    await arena.stop();
  } catch (error) {
    const actions = last.map((action, at) => `${step - last.length + at + 1}: ${JSON.stringify(action)}`);
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const again = `FUZZ_SEED=${seed} FUZZ_STEPS=${steps}`;
    throw new FuzzFailed(`seed ${seed}, step ${step} (${again}): ${what}\n${actions.join('\n')}`, {
      cause: error,
    });
  }
}
