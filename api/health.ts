import type { Pool } from 'pg';
import type { Journal } from '../engine/journal/port.ts';
import type { ProjectorStatus } from '../engine/projector.ts';
import type { DumpKeeper } from './dumps/keeper.ts';
import type { Projections } from './projections.ts';

export interface HealthOptions {
  readonly pool: Pool;
  readonly journal: Journal;
  readonly projections: Pick<Projections, 'status'>;
  /** Null where the database is a server. */
  readonly dumps: Pick<DumpKeeper, 'status'> | null;
}

/** Whether this server can do its work now: each thing it depends on, asked anew. */
export class Health {
  readonly #options: HealthOptions;
  #isDraining = false;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** From here on it is not ready: it stops soon. */
  drain(): void {
    this.#isDraining = true;
  }

  /** 200 when ready, if only just (degraded), else 503; the body says what is missing. */
  async ready(): Promise<Response> {
    const { pool, journal, projections, dumps } = this.#options;
    const database = await pool.query('SELECT 1').then(
      () => 'ok',
      () => 'failed',
    );
    const [head, floor, copied] = await Promise.all([journal.head(), journal.floor(), projections.status()]);
    const dump = dumps?.status();
    const isReady = database === 'ok' && !this.#isDraining;
    const isWhole = Object.values(copied).every(isWell) && dump?.isFresh !== false;
    const status = isWhole ? 'ready' : 'degraded';
    return Response.json(
      {
        status: isReady ? status : 'not ready',
        draining: this.#isDraining,
        database,
        journal: { head, floor },
        projections: copied,
        ...(dump !== undefined && { dump }),
      },
      { status: isReady ? 200 : 503 },
    );
  }
}

/** Commands go on while nothing is copied; somebody should know of it all the same. */
function isWell({ state }: ProjectorStatus): boolean {
  return state === 'running';
}
