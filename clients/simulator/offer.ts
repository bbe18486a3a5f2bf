/** Finds, for what an agent wants to be at, the status that the organisation's catalogue has for it. */
import type { Status } from '../../api/contract/statuses.ts';
import type { Category } from '../../api/contract/tile.ts';
import type { AgentSocketState } from '../sdk/agent-state.ts';
import type { Occupation, Turn } from './plan/script.ts';

export type Offer = Pick<AgentSocketState, 'statuses' | 'allowed'> & {
  /** The declared code that the agent has now. */
  readonly duty: string | null;
};

export type Step =
  /** Nothing to choose: the agent is at it, or the catalogue has no way there. */
  | { readonly kind: 'there' }
  | { readonly kind: 'no_way' }
  /** Choose that; where it `leads` only, look again then. */
  | { readonly kind: 'choose' | 'leads'; readonly status: string; readonly reason?: string };

interface Meaning {
  readonly category: Category;
  /** What its code or label is like where the organisation tells it from others of the category. */
  readonly words?: RegExp;
  /** What it counts as where there is no such status. */
  readonly otherwise?: keyof typeof MEANINGS;
}

const MEANINGS: Readonly<Record<Exclude<Occupation, 'anything'>, Meaning>> = {
  ready: { category: 'available' },
  call: { category: 'busy' },
  after_call: { category: 'wrap_up' },
  break: { category: 'break', words: /break|pause|rest/i },
  lunch: { category: 'break', words: /lunch|meal|dinner/i, otherwise: 'break' },
  meeting: { category: 'away', words: /meet/i, otherwise: 'errand' },
  training: { category: 'away', words: /train|learn|course/i, otherwise: 'errand' },
  coaching: { category: 'away', words: /coach|feedback|review/i, otherwise: 'errand' },
  errand: { category: 'away', words: /away|errand/i },
};

/** What people at work turn to where nobody plans for them: mostly to customers. */
const LIKELIHOOD: Readonly<Record<Category, number>> = {
  available: 8,
  busy: 9,
  wrap_up: 6,
  break: 1,
  away: 1,
  offline: 0,
};
const ALL_WORDS = Object.values(MEANINGS).flatMap(({ words }) => words ?? []);
/** Where the graph has no direct way: after a break one is available first, a wrap-up follows a call. */
const WAYS: readonly (keyof typeof MEANINGS)[] = ['ready', 'call'];

/** What to choose next, on the way to `turn`. */
export function stepTowards(turn: Turn, offer: Offer): Step {
  const { statuses, allowed, duty } = offer;
  const offered = statuses.filter(({ code, archived }) => !archived && allowed.includes(code));
  if (turn.to === 'anything') return choosing('choose', anyOf(offered, turn.pick), turn);
  // Of the whole catalogue: what is not offered now may be so a step later.
  const candidates = fitting(turn.to, statuses);
  if (candidates.some(({ code }) => code === duty)) return { kind: 'there' };
  const direct = candidates.filter((status) => offered.includes(status));
  if (direct.length > 0) return choosing('choose', direct[Math.floor(turn.pick * direct.length)], turn);
  const way = WAYS.flatMap((occupation) => fitting(occupation, offered));
  return choosing('leads', way[0], turn);
}

function choosing(kind: 'choose' | 'leads', status: Status | undefined, { reason }: Turn): Step {
  if (status === undefined) return { kind: 'no_way' };
  return { kind, status: status.code, ...(status.reasonRequired && { reason }) };
}

/** The statuses for an occupation: those named after it, else those named after no other, else what it counts as. */
function fitting(occupation: keyof typeof MEANINGS, statuses: readonly Status[]): readonly Status[] {
  const { category, words, otherwise } = MEANINGS[occupation];
  const ofCategory = statuses.filter((status) => status.category === category && !status.archived);
  if (words === undefined) return ofCategory;
  const named = ofCategory.filter((status) => isNamed(status, words));
  if (named.length > 0) return named;
  const plain = ofCategory.filter((status) => !ALL_WORDS.some((other) => isNamed(status, other)));
  if (plain.length > 0) return plain;
  return otherwise === undefined ? ofCategory : fitting(otherwise, statuses);
}

function isNamed({ code, label }: Status, words: RegExp): boolean {
  return words.test(code) || words.test(label);
}

function anyOf(offered: readonly Status[], pick: number): Status | undefined {
  const weights = offered.map(({ category }) => LIKELIHOOD[category]);
  let left = pick * weights.reduce((sum, weight) => sum + weight, 0);
  return offered.find((_, index) => (left -= weights[index] ?? 0) < 0);
}
