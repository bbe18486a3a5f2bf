/** The text frames of tRPC's WebSocket protocol, as an unmodified client reads them. */
import {
  type AnyRouter,
  getTRPCErrorShape,
  isTrackedEnvelope,
  transformTRPCResponse,
  type TRPCError,
} from '@trpc/server';
import type { TRPCErrorShape } from '@trpc/server/rpc';
import { Serialised } from './serialised.ts';

export type RequestId = string | number | null;

/** What a call was about, for the shape of its error. */
export interface Call {
  readonly path: string | undefined;
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly input: unknown;
}

export const NO_CALL: Call = { path: undefined, type: 'unknown', input: undefined };

/** What the shapes of answers depend on; its own type says nothing of it. */
type RootConfig = Parameters<typeof transformTRPCResponse>[0];

export class Frames {
  readonly #config: RootConfig;

  constructor(router: AnyRouter) {
    this.#config = router._def._config as RootConfig;
  }

  /** A result, or one event of a subscription; tracked events carry their id. */
  data(id: RequestId, value: unknown): string {
    if (isTrackedEnvelope(value)) {
      const [eventId, data] = value;
      if (data instanceof Serialised)
        return spliced(id, `{"id":${JSON.stringify(eventId)},"data":${data.json}}`, eventId);
      return this.#encode({ id, result: { type: 'data', id: eventId, data: { id: eventId, data } } });
    }
    if (value instanceof Serialised) return spliced(id, value.json);
    return this.#encode({ id, result: { type: 'data', data: value } });
  }

  started(id: RequestId): string {
    return JSON.stringify({ id, result: { type: 'started' } });
  }

  stopped(id: RequestId): string {
    return JSON.stringify({ id, result: { type: 'stopped' } });
  }

  error(id: RequestId, error: TRPCError, call: Call): string {
    return this.#encode({ id, error: this.#shape(error, call) });
  }

  /** An error of something that is no call. Over HTTP, of a whole request. */
  refusal(error: TRPCError): string {
    return this.#encode({ error: this.#shape(error, NO_CALL) });
  }

  /** Asks the client to connect anew; it resumes its subscriptions. */
  reconnect(): string {
    return JSON.stringify({ id: null, method: 'reconnect' });
  }

  #shape(error: TRPCError, call: Call): TRPCErrorShape {
    return getTRPCErrorShape({ config: this.#config, error, ctx: undefined, ...call }) as TRPCErrorShape;
  }

  #encode(message: Parameters<typeof transformTRPCResponse>[1]): string {
    return JSON.stringify(transformTRPCResponse(this.#config, message));
  }
}

/** Puts text that was written once for all into the frame of one request. */
function spliced(id: RequestId, json: string, eventId?: string): string {
  const tracked = eventId === undefined ? '' : `"id":${JSON.stringify(eventId)},`;
  return `{"id":${JSON.stringify(id)},"result":{"type":"data",${tracked}"data":{"json":${json}}}}`;
}
