import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS } from '../drizzle/defaults.ts';
import type { Queryable } from '../drizzle/queryable.ts';
import * as configRows from '../drizzle/repositories/config.ts';
import * as organisations from '../drizzle/repositories/organisations.ts';
import * as statusRows from '../drizzle/repositories/statuses.ts';
import { Catalogue } from '../engine/catalogue.ts';
import { configOf } from './configuration.ts';
import type { ConfigValues } from './contract/config.ts';

interface OrganisationLaw {
  readonly catalogue: Catalogue;
  readonly config: ConfigValues;
}

/**
 * Of an organisation that the database has lost and the journal tells of. Nobody of it is active; by some law they
 * have to be seen out.
 */
const OF_THE_LOST: OrganisationLaw = {
  catalogue: new Catalogue(DEFAULT_STATUSES, DEFAULT_TRANSITIONS),
  config: configOf([]),
};

/** Each organisation's catalogue, graph and configuration, as the database has them. */
export class Laws {
  readonly #db: Queryable;
  readonly #laws = new Map<number, OrganisationLaw>();

  private constructor(db: Queryable) {
    this.#db = db;
  }

  static async load(db: Queryable): Promise<Laws> {
    const laws = new Laws(db);
    for (const { id } of await organisations.list(db)) await laws.reload(id);
    return laws;
  }

  /** Reads one organisation again: what was changed holds from here on. */
  async reload(organisationId: number): Promise<void> {
    const [statuses, transitions, config] = await Promise.all([
      statusRows.list(this.#db, organisationId),
      statusRows.transitions(this.#db, organisationId),
      configRows.list(this.#db, organisationId),
    ]);
    this.#laws.set(organisationId, {
      catalogue: new Catalogue(statuses, transitions),
      config: configOf(config),
    });
  }

  readonly catalogue = (organisationId: number): Catalogue => this.#of(organisationId).catalogue;

  readonly config = (organisationId: number): ConfigValues => this.#of(organisationId).config;

  #of(organisationId: number): OrganisationLaw {
    return this.#laws.get(organisationId) ?? OF_THE_LOST;
  }
}
