import type { Pool } from 'pg';
import type { Journal } from '../engine/journal/port.ts';

export interface HealthOptions {
  readonly pool: Pool;
  readonly journal: Journal;
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

  /** 200 when ready, else 503; the body says what is missing. */
  async ready(): Promise<Response> {
    const { pool, journal } = this.#options;
    const database = await pool.query('SELECT 1').then(
      () => 'ok',
      () => 'failed',
    );
    const head = await journal.head();
    const isReady = database === 'ok' && !this.#isDraining;
    return Response.json(
      { status: isReady ? 'ready' : 'not ready', draining: this.#isDraining, database, journal: { head } },
      { status: isReady ? 200 : 503 },
    );
  }
}
