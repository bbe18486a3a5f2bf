import { agents } from './agents.ts';
import { circumstances } from './circumstances.ts';
import type { Kind } from './move.ts';
import { supervisors } from './supervisors.ts';
import { watchers } from './watchers.ts';

/** All that can happen. */
export const KINDS: readonly Kind[] = [...agents, ...supervisors, ...watchers, ...circumstances];
