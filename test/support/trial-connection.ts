import { tracked } from '@trpc/server';
import { z } from 'zod';
import { RollcallError } from '../../api/contract/errors.ts';
import { TrpcConnection } from '../../api/trpc/connection.ts';
import { openProcedure, router } from '../../api/trpc/procedures.ts';
import { Serialised } from '../../api/trpc/serialised.ts';
import { Deferred } from './deferred.ts';
import { settle } from './fake-clock.ts';
import { FakeSocket, type Sent } from './fake-socket.ts';

/** Procedures that do what connections have to cope with. They write down what they do; the slow one ends at the gate. */
function trialRouter(log: string[], gate: Promise<void>) {
  return router({
    echo: openProcedure.input(z.object({ at: z.date() }).optional()).query(({ input }) => input ?? 'nothing'),
    slow: openProcedure.query(async ({ signal }) => {
      signal?.addEventListener('abort', () => log.push('slow aborted'));
      await gate;
      return 'done';
    }),
    change: openProcedure.mutation(() => ({ seq: 1 })),
    burst: openProcedure.mutation(() => {
      throw new Error('SELECT secret FROM users');
    }),
    refuse: openProcedure.mutation(() => {
      throw new RollcallError('not so', { code: 'TRANSITION_NOT_ALLOWED', allowed: ['busy'] });
    }),
    count: openProcedure
      .input(z.object({ lastEventId: z.string().nullish() }).optional())
      .subscription(async function* ({ input, signal }) {
        log.push(`count from ${input?.lastEventId ?? 'the start'}`);
        try {
          for (let number = 1; ; number++) {
            if (signal?.aborted !== false) return;
            yield tracked(String(number), new Serialised(JSON.stringify({ number })));
            if (number >= 3)
              await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          }
        } finally {
          log.push('count ended');
        }
      }),
    plain: openProcedure.subscription(async function* () {
      yield { at: new Date(0) };
    }),
    refused: openProcedure.subscription((): AsyncIterable<number> => {
      throw new RollcallError('no such team', { code: 'NOT_FOUND' });
    }),
    breaks: openProcedure.subscription(async function* () {
      yield 1;
      throw new Error('a secret');
    }),
  });
}

export interface TrialConnection {
  readonly connection: TrpcConnection;
  readonly socket: FakeSocket;
  /** What the procedures did. */
  readonly log: string[];
  /** Lets the slow procedure end. */
  readonly gate: Deferred;
  readonly errors: unknown[];
  readonly contexts: unknown[];
  readonly closed: () => number;
  say(message: unknown): Promise<Sent[]>;
}

export function trialConnection({
  query = '',
  context = async (): Promise<object> => ({}),
} = {}): TrialConnection {
  const socket = new FakeSocket(query);
  const log: string[] = [];
  const gate = new Deferred();
  const errors: unknown[] = [];
  const contexts: unknown[] = [];
  let closed = 0;
  const connection = new TrpcConnection({
    router: trialRouter(log, gate.promise),
    channels: null,
    socket,
    createContext: async (params) => {
      contexts.push(params);
      return context();
    },
    onInternalError: (error) => void errors.push(error),
    onClosed: () => void (closed += 1),
  });
  socket.onClosed = () => connection.closed();
  return {
    connection,
    socket,
    log,
    gate,
    errors,
    contexts,
    closed: () => closed,
    async say(message) {
      connection.message(typeof message === 'string' ? message : JSON.stringify(message));
      await settle();
      return socket.take();
    },
  };
}

interface Params {
  readonly path: string;
  readonly input?: unknown;
  readonly lastEventId?: string;
}

/** A call of a path, or with all of its parameters. */
export const call = (id: unknown, method: string, of: string | Params) => ({
  id,
  method,
  params: typeof of === 'string' ? { path: of } : of,
});

/** The answer to a call that is refused. */
export const problem = (id: unknown, code: string, rollcall: object) => ({
  id,
  error: { json: { data: { code, rollcall } } },
});
