import { ACTOR } from './actor.ts';
import { CONNECTIONS } from './connections.ts';
import { DURABILITY } from './durability.ts';
import type { Mutant } from './mutant.ts';
import { PRESENCE } from './presence.ts';
import { SUPERVISION } from './supervision.ts';
import { TIME } from './time.ts';
import { WATCHING } from './watching.ts';

/** In the order of the rules that they break. */
export const MUTANTS: readonly Mutant[] = [
  ...PRESENCE,
  ...ACTOR,
  ...CONNECTIONS,
  ...TIME,
  ...SUPERVISION,
  ...DURABILITY,
  ...WATCHING,
];
