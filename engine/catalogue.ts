import type { Category } from './axes.ts';
import type { Role } from './member.ts';

/**
 * One organisation's statuses (SPEC A8) and the graph of what may follow what (A9).
 *
 * Immutable: a change makes a new catalogue. A code's category never changes and no code is ever deleted, so that
 * what the journal says of a code stays true.
 */
export interface Status {
  readonly code: string;
  readonly label: string;
  /** `offline` is effective only: choosing it means log-out. */
  readonly category: Category | 'offline';
  /** `#rrggbb` */
  readonly colour: string;
  readonly shape: Shape;
  readonly routable: boolean;
  /** Roles that may choose it; null for everybody. */
  readonly selectableBy: readonly Role[] | null;
  readonly reasonRequired: boolean;
  /** Null for no limit. */
  readonly maxSeconds: number | null;
  readonly onOverrun: Overrun;
  readonly idleLimit: IdleLimit;
  readonly archived: boolean;
}

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'hexagon' | 'ring' | 'bar';

export type Overrun =
  | { readonly action: 'alert' }
  | { readonly action: 'set'; readonly code: string }
  | { readonly action: 'log_out' };

/** After how long without activity an agent with this status counts as away. */
export type IdleLimit = 'default' | 'never' | { readonly seconds: number };

/** One row of the graph: what may follow what, for one role or (null) for all. */
export interface Transition {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly role: Role | null;
}

export type Endpoint = { readonly category: Category } | { readonly code: string };

/** The effective-only code of an agent who is not here. */
export const OFFLINE = 'offline';
/** The code that effective status takes when the workload is full (A4). */
export const CAPACITY_CODE = 'busy';
/** The code that effective status takes when the agent is idle (A4). */
export const IDLE_CODE = 'away';

/** A status that may be declared as a duty: every status but the effective-only `offline`. */
export type DutyStatus = Status & { readonly category: Category };

export class Catalogue {
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
  readonly #byCode: ReadonlyMap<string, Status>;
  /** What may follow what, as far as it was asked for: it is asked at each event. */
  readonly #known = new Map<Role, Map<string, ReadonlySet<string>>>();

  /** @throws TypeError when one of the seeded codes that the engine itself shows is missing. */
  constructor(statuses: readonly Status[], transitions: readonly Transition[]) {
    this.statuses = statuses;
    this.#byCode = new Map(statuses.map((status) => [status.code, status]));
    this.transitions = transitions;
    for (const code of [OFFLINE, CAPACITY_CODE, IDLE_CODE]) {
      if (!this.#byCode.has(code)) throw new TypeError(`the catalogue lacks the status ${code}`);
    }
  }

  status(code: string): Status | null {
    return this.#byCode.get(code) ?? null;
  }

  /** The status of that code if it can be declared as a duty today: known, not archived, not `offline`. */
  duty(code: string): DutyStatus | null {
    const status = this.status(code);
    return status !== null && !status.archived && isDuty(status) ? status : null;
  }

  /** Whether that role may choose `to` when its duty is `from`. */
  permits(role: Role, from: string, to: Pick<Status, 'code'>): boolean {
    return this.#following(role, from).has(to.code);
  }

  /** The codes that an agent may choose now, `offline` (log-out) last. */
  allowed(role: Role, from: string): readonly string[] {
    const following = this.#following(role, from);
    const duties = this.statuses.filter(
      (status) => status.code !== from && isDuty(status) && following.has(status.code),
    );
    return [...duties.map((status) => status.code), OFFLINE];
  }

  /** The codes that may follow `from`. */
  #following(role: Role, from: string): ReadonlySet<string> {
    return this.#known.get(role)?.get(from) ?? this.#find(role, from);
  }

  #find(role: Role, from: string): ReadonlySet<string> {
    const found = this.statuses.filter((to) => this.#leadsTo(role, from, to)).map(({ code }) => code);
    const ofRole = this.#known.get(role) ?? new Map<string, ReadonlySet<string>>();
    const following = new Set(found);
    this.#known.set(role, ofRole.set(from, following));
    return following;
  }

  #leadsTo(role: Role, from: string, to: Status): boolean {
    if (to.archived) return false;
    if (to.selectableBy !== null && !to.selectableBy.includes(role)) return false;
    const source = this.status(from);
    if (source === null) return false;
    return this.transitions.some(
      (row) => (row.role === null || row.role === role) && names(row.from, source) && names(row.to, to),
    );
  }
}

function isDuty(status: Status): status is DutyStatus {
  return status.category !== 'offline';
}

function names(endpoint: Endpoint, status: Status): boolean {
  return 'code' in endpoint ? endpoint.code === status.code : endpoint.category === status.category;
}
