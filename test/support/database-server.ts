import { startPostgres } from '../../clients/faults/ground/postgres.ts';

/** A PostgreSQL server whose databases a test may make and drop. */
export interface DatabaseServer extends AsyncDisposable {
  /** Of that database. */
  url(database: string): string;
}

/** DATABASE_URL's server, or one that is started here and gone afterwards. Throws why there is none. */
export async function startServer(): Promise<DatabaseServer> {
  const given = process.env['DATABASE_URL'];
  return given === undefined || given === '' ? startPostgres() : borrow(given);
}

function borrow(given: string): DatabaseServer {
  return { url: (database) => withDatabase(given, database), [Symbol.asyncDispose]: async () => {} };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
