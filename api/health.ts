import type { Pool } from 'pg';
import type { Journal } from '../engine/journal/port.ts';
import type { ProjectorStatus } from '../engine/projector.ts';
import type { Projections } from './projections.ts';

export interface HealthOptions {
  readonly pool: Pool;
  readonly journal: Journal;
  readonly projections: Pick<Projections, 'status'>;
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
    const { pool, journal, projections } = this.#options;
    const database = await pool.query('SELECT 1').then(
      () => 'ok',
      () => 'failed',
    );
    const [head, copied] = await Promise.all([journal.head(), projections.status()]);
    const isReady = database === 'ok' && !this.#isDraining;
    const isWhole = Object.values(copied).every(isWell);
    const status = isWhole ? 'ready' : 'degraded';
    return Response.json(
      {
        status: isReady ? status : 'not ready',
        draining: this.#isDraining,
        database,
        journal: { head },
        projections: copied,
      },
      { status: isReady ? 200 : 503 },
    );
  }
}

/** Commands go on while nothing is copied; somebody should know of it all the same. */
function isWell({ state }: ProjectorStatus): boolean {
  return state === 'running';
}
