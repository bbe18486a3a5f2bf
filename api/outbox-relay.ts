/**
 * Carries changes of master data from the database to the engine. A change writes its outbox row in its own
 * transaction; the row is removed only when the journal has what it tells. So nothing is lost between the two, and
 * hearing of a change twice does no harm.
 */
import type { Pool, PoolClient } from 'pg';
import type { Queryable } from '../drizzle/queryable.ts';
import * as outbox from '../drizzle/repositories/outbox.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Laws } from './laws.ts';

export interface OutboxRelayOptions {
  readonly db: Queryable;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly laws: Laws;
  readonly onError: (error: unknown) => void;
}

const BATCH = 200;
/** Should a notification get lost with its connection, the rows are found as late as this. */
const POLL_MS = 5_000;

export class OutboxRelay implements AsyncDisposable {
  readonly #options: OutboxRelayOptions;
  readonly #polling: Disposable;
  #client: PoolClient | null = null;
  #running: Promise<void> | null = null;
  #isAgain = false;

  private constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#polling = options.clock.every(POLL_MS, () => this.#wake());
  }

  static async start(options: OutboxRelayOptions): Promise<OutboxRelay> {
    const relay = new OutboxRelay(options);
    await relay.#listen();
    await relay.relayed();
    return relay;
  }

  /** Resolves when the engine knows every change that was committed before the call. */
  async relayed(): Promise<void> {
    this.#isAgain = true;
    this.#running ??= this.#run().finally(() => (this.#running = null));
    await this.#running;
    if (this.#isAgain) await this.relayed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#polling[Symbol.dispose]();
    await this.#running?.catch(() => undefined);
    this.#client?.release(true);
  }

  async #run(): Promise<void> {
    const { db } = this.#options;
    while (this.#isAgain) {
      this.#isAgain = false;
      for (
        let rows = await outbox.takeBatch(db, BATCH);
        rows.length > 0;
        rows = await outbox.takeBatch(db, BATCH)
      ) {
        await Promise.all(rows.map((row) => this.#deliver(row)));
        await outbox.remove(
          db,
          rows.map(({ id }) => id),
        );
      }
    }
  }

  async #deliver(row: outbox.OutboxRow): Promise<void> {
    const { engine, laws } = this.#options;
    switch (row.topic) {
      case 'member': {
        const answer = await engine.enrol(row.payload);
        if (!answer.ok) throw new Error(answer.message);
        return;
      }
      case 'organisation':
        return laws.reload(row.payload.id);
    }
  }

  /** Listens for notifications; when that connection breaks, polling goes on and tries again. */
  async #listen(): Promise<void> {
    const client = await this.#options.pool.connect();
    client.on('notification', () => this.#wake());
    client.on('error', () => {
      this.#client = null;
      client.release(true);
    });
    await client.query(`LISTEN ${outbox.OUTBOX_CHANNEL}`);
    this.#client = client;
  }

  #wake(): void {
    const listening = this.#client === null ? this.#listen() : Promise.resolve();
    listening.then(() => this.relayed()).catch((error: unknown) => this.#options.onError(error));
  }
}
