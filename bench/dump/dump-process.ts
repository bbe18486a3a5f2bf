import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { EmbeddedDatabase } from '../../api/embedded-database.ts';
import { Projections } from '../../api/projections.ts';
import { systemClock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/engine.ts';
import { answer } from '../answering.ts';
import { choose, type EngineOptions, forEachAgent, logIn, openEngine } from '../engines.ts';
import { quantile } from '../runs.ts';

/** What happens while agents change their status, and statements are put to the database. */
export type Meanwhile = 'nothing' | 'a dump' | 'a copy with everybody held up';

export interface Task extends EngineOptions {
  readonly meanwhile: Meanwhile;
}

export interface Outcome {
  /** How long what happened meanwhile took. */
  readonly tookMs: number;
  /** Of the database's files. */
  readonly megabytes: number;
  /** From a command until it is durable and answered. */
  readonly commandP50Ms: number;
  readonly commandP99Ms: number;
  readonly commandLongestMs: number;
  readonly commandsPerSecond: number;
  /** From a small statement until its answer. */
  readonly statementP50Ms: number;
  readonly statementLongestMs: number;
}

/** Agents who are at work; all the others have been. */
const AT_WORK = 200;
/** Each of them a change so often, and a statement so often. */
const CHANGE_EVERY_MS = 100;
const STATEMENT_EVERY_MS = 5;
const NOTHING_MS = 4_000;
const WARM_UP_MS = 1_500;
/** Rows of one INSERT. */
const ROWS = 2_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function open(dataFolder: string): Promise<EmbeddedDatabase> {
  const fail = (error: Error): never => {
    throw error;
  };
  return EmbeddedDatabase.open({
    dataFolder,
    timeoutMs: 60_000,
    clock: systemClock,
    onError: fail,
    tell: () => {},
  });
}

/** A database in which every agent has a status and some events, of the usual size. */
async function fill({ folder, agents }: EngineOptions): Promise<null> {
  await using embedded = await open(folder);
  const { pool } = embedded.database;
  const document = JSON.stringify({ text: 'x'.repeat(500) });
  const record = JSON.stringify({ text: 'y'.repeat(700) });
  for (let first = 1; first <= agents; first += ROWS) {
    const range = [1_000_000 + first, 1_000_000 + Math.min(agents, first + ROWS - 1)];
    await pool.query(
      `INSERT INTO agent_status (agent_id, organisation_id, log, seq, team_id, status, updated_at, document, record)
        SELECT id, 1, 1, 2, 1, 'busy', now(), $3::jsonb, $4::jsonb FROM generate_series($1::int, $2::int) AS id`,
      [...range, document, record],
    );
    await pool.query(
      `INSERT INTO agent_events (agent_id, log, seq, organisation_id, journal_offset, type, at, event)
        SELECT id, 1, seq, 1, id, 'status_chosen', now(), $3::jsonb
        FROM generate_series($1::int, $2::int) AS id, generate_series(1, 2) AS seq`,
      [...range, document],
    );
  }
  await embedded.database.maintain();
  return null;
}

async function run({ meanwhile, ...options }: Task): Promise<Outcome> {
  await using embedded = await open(options.folder);
  await using opened = await openEngine({ ...options, agents: AT_WORK });
  const { engine, journal } = opened;
  const { pool } = embedded.database;
  const log = pino({ level: 'silent' });
  await using _ = new Projections({ journal, pool, clock: systemClock, log, heldSafely: () => 0 });
  await forEachAgent(AT_WORK, (agent) => logIn(engine, agent));
  const load = new Load(engine, pool);
  await pause(WARM_UP_MS);
  load.forget();
  const begun = performance.now();
  await happen(meanwhile, embedded, options.folder);
  const tookMs = performance.now() - begun;
  const { commands, statements } = await load.end();
  return {
    tookMs,
    megabytes: await sizeOf(embedded),
    commandP50Ms: quantile(commands, 0.5),
    commandP99Ms: quantile(commands, 0.99),
    commandLongestMs: commands.at(-1) ?? NaN,
    commandsPerSecond: (commands.length * 1000) / tookMs,
    statementP50Ms: quantile(statements, 0.5),
    statementLongestMs: statements.at(-1) ?? NaN,
  };
}

async function happen(meanwhile: Meanwhile, embedded: EmbeddedDatabase, folder: string): Promise<void> {
  switch (meanwhile) {
    case 'nothing':
      return void (await pause(NOTHING_MS));
    case 'a dump':
      return void (await embedded.dump());
    case 'a copy with everybody held up': {
      const { pool } = embedded.database;
      const client = await pool.connect();
      const copy = join(folder, 'copy');
      try {
        await client.query('CHECKPOINT');
        // Whoever is in a transaction has the database alone.
        await client.query('BEGIN');
        await cp(join(folder, 'database'), copy, { recursive: true });
        await client.query('ROLLBACK');
      } finally {
        client.release();
        await rm(copy, { recursive: true, force: true });
      }
    }
  }
}

/** What goes on beside it, and how long each took, milliseconds. */
class Load {
  readonly #engine: Engine;
  readonly #pool: EmbeddedDatabase['database']['pool'];
  readonly #working: Promise<unknown>;
  #commands: number[] = [];
  #statements: number[] = [];
  #isOver = false;

  constructor(engine: Engine, pool: EmbeddedDatabase['database']['pool']) {
    this.#engine = engine;
    this.#pool = pool;
    const agents = Array.from({ length: AT_WORK }, (_, index) => this.#work(index + 1));
    this.#working = Promise.all([...agents, this.#ask()]);
  }

  forget(): void {
    this.#commands = [];
    this.#statements = [];
  }

  async end(): Promise<{ readonly commands: Float64Array; readonly statements: Float64Array }> {
    this.#isOver = true;
    await this.#working;
    return {
      commands: Float64Array.from(this.#commands).sort(),
      statements: Float64Array.from(this.#statements).sort(),
    };
  }

  async #work(agent: number): Promise<void> {
    await pause((agent * CHANGE_EVERY_MS) / AT_WORK);
    while (!this.#isOver) {
      const status = this.#engine.record(agent)?.dutyCode === 'busy' ? 'available' : 'busy';
      const begun = performance.now();
      await choose(this.#engine, agent, { status, command: String(begun) });
      this.#commands.push(performance.now() - begun);
      await pause(CHANGE_EVERY_MS);
    }
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const begun = performance.now();
      await this.#pool.query('SELECT 1');
      this.#statements.push(performance.now() - begun);
      await pause(STATEMENT_EVERY_MS);
    }
  }
}

async function sizeOf({ database }: EmbeddedDatabase): Promise<number> {
  const { rows } = await database.pool.query<{ bytes: string }>(
    'SELECT pg_database_size(current_database()) AS bytes',
  );
  return Number(rows[0]?.bytes) / 2 ** 20;
}

answer({ fill, run });
