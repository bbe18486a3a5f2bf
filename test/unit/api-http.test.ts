import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../api/contract/errors.ts';
import { Health } from '../../api/health.ts';
import { Http, type HttpOptions } from '../../api/http.ts';
import { StaticFiles } from '../../api/static-files.ts';
import { TrpcHttp } from '../../api/trpc/http.ts';
import { systemClock } from '../../engine/clock.ts';
import type { ProjectorStatus } from '../../engine/projector.ts';
import type { Peer } from '../../api/transport.ts';
import { Deferred } from '../support/deferred.ts';

const ORIGIN = 'https://desk.example';
const PEER: Peer = { address: '127.0.0.1', userAgent: '', origin: null };

const AWAY: ProjectorStatus = {
  state: 'away',
  position: 40,
  lag: { offsets: 2, ageMs: 5000 },
  missing: 0,
  trouble: 'the database does not answer',
};

const t = initTRPC.create({ transformer: superjson, isDev: false });

/** A server whose one procedure ends when it is told to. */
async function make(more: Partial<HttpOptions> = {}) {
  const errors: unknown[] = [];
  const going = new Deferred();
  const router = t.router({
    slow: t.procedure.query(async () => {
      await going.promise;
      return 'done';
    }),
  });
  const onInternalError = (error: unknown) => void errors.push(error);
  const http = new Http({
    trpc: new TrpcHttp({ router, isEncrypted: false, onInternalError, createContext: async () => ({}) }),
    health: new Health({
      clock: systemClock,
      pool: { query: () => Promise.reject(new Error('the database is away')) } as never,
      journal: { head: async () => 42 } as never,
      projections: { status: async () => ({ documents: AWAY, audit: AWAY }) },
    }),
    files: await StaticFiles.read('/nowhere'),
    maxConcurrent: 2,
    maxBodyBytes: 1000,
    allowedOrigins: [ORIGIN],
    onInternalError,
    ...more,
  });
  const ask = (path: string, { origin = null, ...init }: RequestInit & { origin?: string | null } = {}) =>
    http.answer(new Request(`http://localhost${path}`, init), { ...PEER, origin });
  return { http, ask, errors, finish: () => going.resolve() };
}

interface Told {
  readonly error: {
    readonly code?: string;
    readonly json?: { readonly data: { readonly httpStatus: number; readonly rollcall: object } };
  };
}
const told = async (response: Response) => (await response.json()) as Told;

describe('requests', () => {
  test('too many at once are told so, each in the way that its sender reads, and later ones are answered', async () => {
    const { http, ask, finish } = await make();
    const slow = [ask('/trpc/slow'), ask('/trpc/slow')];
    expect(http.running).toBe(2);
    const plain = await ask('/health');
    expect(plain.status).toBe(503);
    expect(await told(plain)).toMatchObject({ error: { code: 'OVERLOADED' } });
    const trpc = await ask('/trpc/slow,slow?batch=1', { origin: ORIGIN });
    expect(trpc.status).toBe(503);
    expect(trpc.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(await told(trpc)).toMatchObject({
      error: { json: { data: { code: 'SERVICE_UNAVAILABLE', httpStatus: 503 } } },
    });
    finish();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
    expect(http.running).toBe(0);
    expect((await ask('/health')).status).toBe(200);
  });

  test('that fail in a way nobody thought of are told so, and the error goes to the log alone', async () => {
    const files = await StaticFiles.read('/nowhere');
    files.answer = () => {
      throw new Error('a secret');
    };
    const { http, ask, errors } = await make({ files });
    const response = await ask('/page');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('a secret');
    expect(errors).toMatchObject([{ message: 'a secret' }]);
    expect(http.running).toBe(0);
  });

  test('that are malformed or too large are VALIDATION', async () => {
    const { http } = await make();
    for (const fault of ['malformed', 'too_large'] as const) {
      const plain = http.refuse('/anything', fault);
      expect(plain.status).toBe(ERRORS.VALIDATION.http);
      expect(await told(plain)).toMatchObject({ error: { code: 'VALIDATION' } });
      const trpc = http.refuse('/trpc/auth.login', fault);
      expect(trpc.status).toBe(ERRORS.VALIDATION.http);
      expect(await told(trpc)).toMatchObject({ error: { json: { data: { code: 'BAD_REQUEST' } } } });
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is for nothing but procedures', async (method) => {
    const { ask } = await make();
    for (const path of ['/', '/health', '/ready', '/kiosk', '/nothing'])
      expect((await ask(path, { method })).status).toBe(404);
  });
});

describe('other origins', () => {
  test('are allowed where they are named', async () => {
    const { ask } = await make();
    const asked = await ask('/trpc/slow', { method: 'OPTIONS', origin: ORIGIN });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(asked.headers.get('access-control-allow-credentials')).toBe('true');
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    const answered = await ask('/health', { origin: ORIGIN });
    expect(answered.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answered.headers.get('vary')).toContain('origin');
  });

  test.each([null, 'null', 'https://evil.example', `${ORIGIN}.evil.example`, ORIGIN.toUpperCase(), '*'])(
    'are told nothing where they are not: %s',
    async (origin) => {
      const { ask } = await make();
      const asked = await ask('/trpc/slow', { method: 'OPTIONS', origin });
      expect(asked.status).toBe(403);
      const answered = await ask('/health', { origin });
      for (const response of [asked, answered])
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );
});

describe('health', () => {
  test('is alive while the process is, and not ready while the database is away', async () => {
    const { ask } = await make();
    expect((await ask('/health')).status).toBe(200);
    const ready = await ask('/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'not ready',
      database: 'failed',
      journal: { head: 42 },
      projections: { documents: AWAY, audit: AWAY },
    });
  });
});

test('a wallboard that is not built yet says how to build it', async () => {
  const { ask } = await make();
  const page = await ask('/');
  expect(page.status).toBe(503);
  expect(await page.text()).toContain('npm run build');
});
