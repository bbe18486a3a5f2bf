/**
 * The embedded database in the data folder. PGlite never syncs what it writes: it outlives a crash of the process, and
 * not the end of power. So it is dumped from time to time; and before anybody uses it, it is made sure that it can be
 * relied on, or it is put back to its dump, and everything is done that follows from that.
 */
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { type FolderDatabase, openFolder } from '../drizzle/client.ts';
import { migrate } from '../drizzle/migrate.ts';
import { inTransaction } from '../drizzle/queryable.ts';
import * as refreshTokens from '../drizzle/repositories/refresh-tokens.ts';
import { goOnBehind } from '../drizzle/repositories/sequences.ts';
import type { Clock } from '../engine/clock.ts';
import { standings } from '../engine/documents/sql-target.ts';
import { toldBy } from '../engine/given-ids.ts';
import { presentBoot } from '../engine/journal/boot.ts';
import { disk } from '../engine/journal/disk.ts';
import { lookAt } from '../engine/journal/onlooker.ts';
import { syncTree } from './dumps/folders.ts';
import { DumpKeeper, type DumpKeeperOptions } from './dumps/keeper.ts';
import { type Mark, writeMark } from './dumps/mark.ts';
import { DATABASE, DatabaseLost, reclaim } from './dumps/reclaim.ts';
import { type Dump, DumpStore } from './dumps/store.ts';
import { damagedOnes, inOneLine } from './dumps/words.ts';

export interface EmbeddedOptions {
  /** The caller MUST hold its lock until this is disposed of. */
  readonly dataFolder: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Told of the database's end. */
  readonly onError: (error: Error) => void;
  /** Told in one line each what became of a database, or of a dump, that could not be relied on. */
  readonly tell: (line: string) => void;
}

/** A stop waits so long for its dump. Without it nothing is lost: the files themselves are made durable after it. */
const LAST_DUMP_MS = 10_000;

interface Parts {
  readonly options: EmbeddedOptions;
  readonly database: FolderDatabase;
  readonly dumps: DumpStore;
  readonly mark: Mark;
  readonly migrations: number;
  /** Whether it came to an end by itself. */
  readonly hasEnded: () => boolean;
}

/** Brought up to this version. Disposing of it is a clean stop: it dumps once more, and makes everything durable. */
export class EmbeddedDatabase implements AsyncDisposable {
  readonly database: FolderDatabase;
  readonly dumps: DumpStore;
  /** How many migrations were missing. */
  readonly migrations: number;
  readonly #options: EmbeddedOptions;
  readonly #mark: Mark;
  readonly #hasEnded: () => boolean;

  /** @throws DatabaseLost, NoRoom, DatabaseUnavailable, DatabaseNewer */
  static async open(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
    const { dataFolder, clock, timeoutMs, onError, tell } = options;
    const dumps = await DumpStore.open(dataFolder);
    for (const line of damagedOnes(dumps.damaged)) tell(line);
    const boot = await presentBoot(clock);
    const mark = await reclaim({ disk, dataFolder, dumps, boot, now: clock.now() });
    if (mark.unsettled?.kind === 'new') await mustKnowAll(dataFolder);
    let hasEnded = false;
    const database = await openFolder({
      folder: join(dataFolder, DATABASE),
      timeoutMs,
      onError(error) {
        hasEnded = true;
        onError(error);
      },
    }).catch((error: unknown) => {
      throw explained(error, mark);
    });
    try {
      if (mark.unsettled?.kind === 'unproven') {
        await prove(database, mark);
        // None of them can be read: they must neither pass for dumps, nor hold up that one is made.
        for (const dump of dumps.dumps) await dumps.discard(dump);
      }
      const migrations = await migrate(database.db);
      const settled = await settle(database, { mark, options });
      return new EmbeddedDatabase({
        options,
        database,
        dumps,
        mark: settled,
        migrations,
        hasEnded: () => hasEnded,
      });
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor({ options, database, dumps, mark, migrations, hasEnded }: Parts) {
    this.#options = options;
    this.database = database;
    this.dumps = dumps;
    this.#mark = mark;
    this.migrations = migrations;
    this.#hasEnded = hasEnded;
  }

  /** Tokens of another era are of log-in sessions that have ended. */
  get era(): string {
    return this.#mark.era;
  }

  /** Dumps it while others go on, one dump after the other. Nothing has changed where it fails, or is broken off. */
  async dump(signal?: AbortSignal): Promise<Dump> {
    const { database, dumps } = this;
    // As of before the dump: what the dump holds is that, or more.
    const head = { takenAt: this.#options.clock.now(), positions: await standings(database.pool) };
    return database.backUp((backup) => dumps.save(head, backup, signal));
  }

  /** Has it dumped from time to time, and at once where there is no dump yet. Dispose of that before this. */
  keepDumped(
    journal: DumpKeeperOptions['journal'],
    onTrouble: DumpKeeperOptions['onTrouble'],
  ): Promise<DumpKeeper> {
    const { clock } = this.#options;
    return DumpKeeper.start({
      clock,
      journal,
      onTrouble,
      dumps: this.dumps,
      dump: (signal) => this.dump(signal),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { dataFolder } = this.#options;
    // One that came to an end by itself is as after kill -9: the next start looks at it.
    if (this.#hasEnded()) return this.database[Symbol.asyncDispose]();
    await this.#dumpLast();
    await this.database[Symbol.asyncDispose]();
    await syncTree(disk, join(dataFolder, DATABASE));
    await disk.syncFolder(dataFolder);
    await writeMark(disk, dataFolder, { ...this.#mark, stopped: true });
  }

  async #dumpLast(): Promise<void> {
    const { clock, tell } = this.#options;
    const tooLate = new AbortController();
    using _ = clock.after(LAST_DUMP_MS, () =>
      tooLate.abort(new Error(`it was not done within ${LAST_DUMP_MS / 1000} s`)),
    );
    await this.dump(tooLate.signal).catch((error: unknown) =>
      tell(`the database is closed without a last dump, the ones before stay: ${reasonOf(error)}`),
    );
  }
}

/**
 * A database that begins anew has to know from the journal which ids were given to others.
 * @throws DatabaseLost where the journal has given up its beginning
 */
async function mustKnowAll(dataFolder: string): Promise<void> {
  const begin = await lookAt(dataFolder).begin();
  if (begin !== null && begin > 0)
    throw new DatabaseLost(
      `there is no database in ${dataFolder}, and the beginning of the journal was given up when it had been copied ` +
        'to one: restore a backup, name the database with DATABASE_URL, or move the folders journal and snapshots away.',
    );
}

/**
 * Looks at a database that has no dump: every table is read (its pages have checksums), and every index is made anew.
 * @throws DatabaseLost
 */
async function prove({ db }: FolderDatabase, mark: Mark): Promise<void> {
  await db.execute(sql`REINDEX DATABASE`).catch((error: unknown) => {
    throw explained(error instanceof DrizzleQueryError ? error.cause : error, mark);
  });
}

/** What can be done about a database that is not as it was and of no use. */
function explained(cause: unknown, { unsettled }: Mark): unknown {
  const reason = reasonOf(cause);
  switch (unsettled?.kind) {
    case 'put back':
      return new DatabaseLost(
        `the database was put back to dump ${unsettled.dump}, and is of no use (${reason}): restore a backup, or move ` +
          'the folder database and the files of that dump away, to have it put back to the one before.',
        { cause },
      );
    case 'unproven':
      return new DatabaseLost(
        `nobody can say whether the database outlived the end of power, it is damaged (${reason}), and no dump of it ` +
          'can be read: restore a backup, or move the folder database away to start with a new one.',
        { cause },
      );
    default:
      return cause;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Does what follows from what became of the database, all of it or nothing; doing it again changes nothing. */
async function settle(
  { db }: FolderDatabase,
  { mark, options }: { readonly mark: Mark; readonly options: EmbeddedOptions },
): Promise<Mark> {
  const { unsettled } = mark;
  if (unsettled === null) return mark;
  const { dataFolder, clock, tell } = options;
  // Damage is told by whoever opens the journal.
  const told = await toldBy(lookAt(dataFolder).batches(() => undefined));
  await inTransaction(db, async (tx) => {
    await goOnBehind(tx, told.ids);
    await refreshTokens.revokeAll(tx, new Date(clock.now()));
  });
  const line = inOneLine(unsettled, told.lastAt);
  if (line !== null) tell(line);
  const settled = { ...mark, unsettled: null };
  await writeMark(disk, dataFolder, settled);
  return settled;
}
