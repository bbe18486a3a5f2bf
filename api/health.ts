import type { Pool } from 'pg';
import type { Clock } from '../engine/clock.ts';
import type { Journal } from '../engine/journal/port.ts';
import type { ProjectorStatus } from '../engine/projector.ts';
import { withinOr } from './patience.ts';
import type { Projections } from './projections.ts';

export interface HealthOptions {
  readonly clock: Clock;
  readonly pool: Pool;
  readonly journal: Journal;
  readonly projections: Pick<Projections, 'status'>;
}

/** Whether this server can do its work now: each thing it depends on, asked anew. */
export class Health {
  readonly #options: HealthOptions;
  #isDraining = false;
  /** The question that the database has not answered yet. */
  #asking: Promise<DatabaseState> | null = null;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** From here on it is not ready: it stops soon. */
  drain(): void {
    this.#isDraining = true;
  }

  /** 200 when ready, if only just (degraded), else 503; the body says what is missing. */
  async ready(): Promise<Response> {
    const { journal, projections } = this.#options;
    const database = await this.#database();
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

  /** One that hangs is asked no second time meanwhile: whoever probes would take its connections one by one. */
  async #database(): Promise<DatabaseState> {
    const { pool, clock } = this.#options;
    this.#asking ??= pool
      .query('SELECT 1')
      .then(
        () => 'ok' as const,
        () => 'failed' as const,
      )
      .finally(() => (this.#asking = null));
    return withinOr(this.#asking, { clock, waitMs: DATABASE_WAIT_MS, otherwise: 'failed' });
  }
}

type DatabaseState = 'ok' | 'failed';

/** A probe has an answer by then, whatever the database does. */
const DATABASE_WAIT_MS = 2_000;

/** Commands go on while nothing is copied; somebody should know of it all the same. */
function isWell({ state }: ProjectorStatus): boolean {
  return state === 'running';
}
