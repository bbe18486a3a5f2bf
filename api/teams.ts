import type { Queryable } from '../drizzle/queryable.ts';
import * as organisations from '../drizzle/repositories/organisations.ts';
import * as teamRows from '../drizzle/repositories/teams.ts';

type Listener = (organisationId: number) => void;

/**
 * Which teams there are and who supervises them, as the database has it: what rights follow from is at hand at every
 * moment, also while somebody watches.
 */
export class Teams {
  readonly #db: Queryable;
  readonly #ids = new Map<number, ReadonlySet<number>>();
  /** Ids of active teams by their supervisor, for each organisation. */
  readonly #supervised = new Map<number, ReadonlyMap<number, readonly number[]>>();
  /** Supervisors by the ids of their active teams, for each organisation. */
  readonly #supervisors = new Map<number, ReadonlyMap<number, number>>();
  readonly #listeners = new Set<Listener>();

  private constructor(db: Queryable) {
    this.#db = db;
  }

  static async load(db: Queryable): Promise<Teams> {
    const teams = new Teams(db);
    for (const { id } of await organisations.list(db)) await teams.reload(id);
    return teams;
  }

  /** Reads one organisation's teams again, and tells those who listen. */
  async reload(organisationId: number): Promise<void> {
    const rows = await teamRows.list(this.#db, organisationId);
    const supervised = new Map<number, number[]>();
    const supervisors = new Map<number, number>();
    for (const { id, supervisorId, isActive } of rows) {
      if (supervisorId === null || !isActive) continue;
      supervised.set(supervisorId, [...(supervised.get(supervisorId) ?? []), id]);
      supervisors.set(id, supervisorId);
    }
    this.#ids.set(organisationId, new Set(rows.map(({ id }) => id)));
    this.#supervised.set(organisationId, supervised);
    this.#supervisors.set(organisationId, supervisors);
    for (const listener of this.#listeners) listener(organisationId);
  }

  has(organisationId: number, teamId: number): boolean {
    return this.#ids.get(organisationId)?.has(teamId) ?? false;
  }

  /** Ids of the active teams of that supervisor. */
  supervisedBy(organisationId: number, userId: number): readonly number[] {
    return this.#supervised.get(organisationId)?.get(userId) ?? [];
  }

  /** Whoever supervises that active team; null for nobody. */
  supervisorOf(organisationId: number, teamId: number): number | null {
    return this.#supervisors.get(organisationId)?.get(teamId) ?? null;
  }

  /** Hears of which organisation teams are new or changed. Disposing ends it. */
  listen(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
