/** The rules of two organisations in plain words, for the model. Codes, categories and the graph as SPEC A8 and A9 have them. */
export type Kind = 'available' | 'busy' | 'away' | 'break' | 'wrap_up';

export interface ModelStatus {
  readonly code: string;
  readonly category: Kind | 'offline';
  readonly routable: boolean;
  /** Null for everybody. */
  readonly roles: readonly string[] | null;
  readonly needsReason: boolean;
  /** Seconds. */
  readonly idle: number | 'default' | 'never';
  /** Seconds; null where only the category limits it. */
  readonly max: number | null;
  /** What happens when its time is over: nothing but a word, a log-out, or that code. */
  readonly overrun: 'alert' | 'log_out' | { readonly set: string };
  readonly archived: boolean;
}

/** From, to, and for which role; each end a code or, with a `#` before it, a category. */
export type ModelRow = readonly [from: string, to: string, role: string | null];

export interface ModelLaw {
  readonly statuses: readonly ModelStatus[];
  readonly graph: readonly ModelRow[];
  readonly login: string;
  readonly graceSeconds: number;
  readonly idleSeconds: number;
  readonly breakMinutes: number;
  readonly extensionMinutes: number;
  readonly wrapUpSeconds: number;
  readonly flapLimit: number;
  readonly flapWindowSeconds: number;
  /** How long a session on requests lives without one. */
  readonly sessionIdleMinutes: number;
  readonly breaker: {
    readonly minAgents: number;
    readonly percent: number;
    readonly windowSeconds: number;
    readonly freezeSeconds: number;
  };
}

type Draft = Pick<ModelStatus, 'code' | 'category'> & Partial<ModelStatus>;

const draft = (status: Draft): ModelStatus => ({
  routable: status.category === 'available',
  roles: null,
  needsReason: false,
  idle: 'never',
  max: null,
  overrun: 'alert',
  archived: false,
  ...status,
});

const SEEDED: readonly ModelStatus[] = [
  draft({ code: 'available', category: 'available', idle: 'default' }),
  draft({ code: 'busy', category: 'busy' }),
  draft({ code: 'away', category: 'away' }),
  draft({ code: 'break', category: 'break' }),
  draft({ code: 'wrap_up', category: 'wrap_up' }),
  draft({ code: 'offline', category: 'offline' }),
];

const SEEDED_GRAPH: readonly ModelRow[] = [
  ...['#available', '#busy', '#away'].flatMap((from) =>
    ['#available', '#busy', '#away', '#break'].map((to): ModelRow => [from, to, null]),
  ),
  ['#busy', '#wrap_up', null],
  ['#break', '#available', null],
  ...['#available', '#busy', '#away', '#break', '#wrap_up'].map((to): ModelRow => ['#wrap_up', to, null]),
];

export const LAWS: Readonly<Record<number, ModelLaw>> = {
  1: {
    statuses: [
      ...SEEDED,
      draft({ code: 'lunch', category: 'break', max: 150, overrun: { set: 'errand' } }),
      draft({ code: 'meeting', category: 'busy' }),
      draft({ code: 'training', category: 'busy', needsReason: true }),
      draft({ code: 'chat', category: 'available', idle: 60, max: 200, overrun: { set: 'backoffice' } }),
      draft({ code: 'backoffice', category: 'available', routable: false, idle: 90 }),
      draft({ code: 'errand', category: 'busy', idle: 45, max: 70, overrun: 'log_out' }),
      draft({ code: 'lounge', category: 'away', idle: 50, max: 90, overrun: { set: 'retired' } }),
      draft({ code: 'nap', category: 'break', idle: 55, max: 100 }),
      draft({ code: 'notes', category: 'wrap_up', max: 30, overrun: { set: 'busy' } }),
      draft({ code: 'paperwork', category: 'wrap_up', overrun: 'log_out' }),
      draft({ code: 'coaching', category: 'busy', roles: ['supervisor'] }),
      draft({ code: 'retired', category: 'available', archived: true }),
    ],
    graph: [...SEEDED_GRAPH, ['#break', '#busy', 'supervisor'], ['lunch', 'meeting', null]],
    login: 'available',
    graceSeconds: 30,
    idleSeconds: 300,
    breakMinutes: 4,
    extensionMinutes: 2,
    wrapUpSeconds: 20,
    flapLimit: 3,
    flapWindowSeconds: 40,
    sessionIdleMinutes: 2,
    breaker: { minAgents: 3, percent: 60, windowSeconds: 5, freezeSeconds: 45 },
  },
  2: {
    statuses: [...SEEDED, draft({ code: 'field', category: 'busy', idle: 40 })],
    graph: SEEDED_GRAPH,
    login: 'field',
    graceSeconds: 7,
    idleSeconds: 40,
    breakMinutes: 1,
    extensionMinutes: 0,
    wrapUpSeconds: 0,
    flapLimit: 5,
    flapWindowSeconds: 90,
    sessionIdleMinutes: 1,
    breaker: { minAgents: 2, percent: 100, windowSeconds: 30, freezeSeconds: 20 },
  },
};

export function lawOf(organisation: number): ModelLaw {
  const law = LAWS[organisation];
  if (law === undefined) throw new RangeError(`there is no organisation ${organisation}`);
  return law;
}

export function statusOf(law: ModelLaw, code: string): ModelStatus | null {
  return law.statuses.find((status) => status.code === code) ?? null;
}

/** A status that somebody may declare today. */
export function isDuty(status: ModelStatus | null): status is ModelStatus & { category: Kind } {
  return status !== null && status.category !== 'offline' && !status.archived;
}

/** After how many milliseconds without activity the agent counts as away; null for never. */
export function idleMsOf(law: ModelLaw, code: string | null): number | null {
  const idle = code === null ? 'never' : statusOf(law, code)?.idle;
  if (idle === undefined || idle === 'never') return null;
  return (idle === 'default' ? law.idleSeconds : idle) * 1000;
}

/** How many milliseconds a duty with that code may last; null for ever (D2, D3). */
export function limitMsOf(law: ModelLaw, code: string): number | null {
  const status = statusOf(law, code);
  if (status === null) return null;
  if (status.max !== null) return status.max * 1000;
  if (status.category === 'break') return law.breakMinutes * 60_000;
  return status.category === 'wrap_up' ? law.wrapUpSeconds * 1000 : null;
}

export function categoryOf(law: ModelLaw, code: string | null): string | null {
  return code === null ? null : (statusOf(law, code)?.category ?? null);
}

export function mayFollow(law: ModelLaw, role: string, [from, to]: readonly [string, string]): boolean {
  const target = statusOf(law, to);
  const source = statusOf(law, from);
  if (source === null || !isDuty(target)) return false;
  if (target.roles !== null && !target.roles.includes(role)) return false;
  return law.graph.some(
    ([before, after, forRole]) =>
      (forRole === null || forRole === role) &&
      (before === from || before === `#${source.category}`) &&
      (after === to || after === `#${target.category}`),
  );
}

/** What may be chosen now, as an agent is told it: `offline` is always there. */
export function choices(law: ModelLaw, role: string, from: string): readonly string[] {
  const codes = law.statuses.map(({ code }) => code);
  return [...codes.filter((code) => code !== from && mayFollow(law, role, [from, code])), 'offline'];
}
