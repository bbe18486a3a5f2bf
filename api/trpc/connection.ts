/**
 * One WebSocket of an unmodified tRPC client: queries, mutations and subscriptions, batched or not.
 *
 * A subscription sends at the pace of the network; once its client has the newest event of a broadcast, it is sent the
 * rest together with all others. A client that falls behind the bound of what may wait is hung up on, and comes back
 * with the id of the last event it has.
 */
import {
  type AnyRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  isTrackedEnvelope,
  TRPCError,
} from '@trpc/server';
import { parseConnectionParamsFromUnknown } from '@trpc/server/http';
import { parseTRPCMessage } from '@trpc/server/rpc';
import type { Socket, SocketListener } from '../transport.ts';
import { Broadcast } from './broadcast.ts';
import type { Channels } from './channels.ts';
import { type Call, Frames, NO_CALL, type RequestId } from './frames.ts';

export interface ConnectionOptions {
  readonly router: AnyRouter;
  readonly socket: Socket;
  /** Where broadcasts are published; without it, each is sent to this socket by itself. */
  readonly channels: Channels | null;
  /** Makes the context of the connection's calls, out of its parameters. */
  readonly createContext: (params: Readonly<Record<string, unknown>> | null) => Promise<object>;
  readonly onInternalError: (error: TRPCError) => void;
  readonly onClosed: () => void;
}

type Message = ReturnType<typeof parseTRPCMessage>;
type Request = Exclude<Message, { method: 'subscription.stop' }>;

const MAX_SUBSCRIPTIONS = 64;
const MAX_BATCH = 100;
/** "Try again later": the client reconnects and resumes. */
const TRY_AGAIN = 1013;

export class TrpcConnection implements SocketListener {
  readonly #options: ConnectionOptions;
  readonly #frames: Frames;
  readonly #subscriptions = new Map<RequestId, AbortController>();
  readonly #closed = new AbortController();
  /** Null until the client has sent the parameters that its URL announces. */
  #context: Promise<object> | null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#frames = new Frames(options.router);
    const announcesParams = options.socket.query.get('connectionParams') === '1';
    this.#context = announcesParams ? null : options.createContext(null);
    this.#context?.catch(() => undefined);
  }

  message(text: string | null): void {
    if (text === 'PONG') return;
    if (text === 'PING') return this.#send('PONG');
    const parsed = parse(text);
    if (parsed === undefined) return this.#refuse(null, { message: 'the frame is not JSON' });
    if (this.#context === null) return this.#takeParams(parsed);
    const messages = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
    if (messages.length > MAX_BATCH) return this.#refuseBatch(messages);
    for (const [index, message] of messages.entries()) this.#take(message, index);
  }

  /** Breaks off; the client comes back by itself and resumes. */
  hangUp(): void {
    this.#stop();
    this.#options.socket.close(TRY_AGAIN, 'reconnect and resume');
  }

  /** Asks the client to reconnect; what it subscribed to goes on there. */
  askToReconnect(): void {
    this.#send(this.#frames.reconnect());
  }

  pong(): void {}

  closed(): void {
    this.#stop();
    this.#options.onClosed();
  }

  #stop(): void {
    this.#closed.abort();
    for (const subscription of this.#subscriptions.values()) subscription.abort();
    this.#subscriptions.clear();
  }

  #takeParams(parsed: unknown): void {
    const params = new Promise<Readonly<Record<string, unknown>> | null>((resolve) => {
      const data = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : null;
      resolve(parseConnectionParamsFromUnknown(data));
    });
    this.#context = params.catch(() => null).then((given) => this.#options.createContext(given));
    this.#context.catch(() => undefined);
  }

  #take(raw: unknown, batchIndex: number): void {
    let message: Message;
    try {
      message = parseTRPCMessage(raw, this.#options.router._def._config.transformer);
    } catch (cause) {
      return this.#refuse(idOf(raw), { message: 'not a tRPC message', cause });
    }
    if (message.id === null || message.id === undefined)
      return this.#refuse(null, { message: 'a message needs an id' });
    if (message.method === 'subscription.stop') return this.#subscriptions.get(message.id)?.abort();
    this.#call(message, batchIndex).catch((error: unknown) =>
      this.#options.onInternalError(getTRPCErrorFromUnknown(error)),
    );
  }

  async #call(request: Request, batchIndex: number): Promise<void> {
    const { id } = request;
    const { path, lastEventId } = request.params;
    const input: unknown =
      lastEventId === undefined ? request.params.input : withLastEventId(request.params.input, lastEventId);
    const call: Call = { path, type: request.method, input };
    const running = new AbortController();
    try {
      // Registered before anything is awaited, so that a stop or a close in between is not lost.
      if (request.method === 'subscription') this.#register(id, running);
      const result: unknown = await callTRPCProcedure({
        router: this.#options.router,
        path,
        getRawInput: () => Promise.resolve(input),
        ctx: await this.#context,
        type: request.method,
        signal: request.method === 'subscription' ? running.signal : this.#closed.signal,
        batchIndex,
      });
      if (request.method !== 'subscription') return this.#send(this.#frames.data(id, result));
      this.#send(this.#frames.started(id));
      await this.#serve(id, result, running.signal);
      this.#send(this.#frames.stopped(id));
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause);
      if (error.code === 'INTERNAL_SERVER_ERROR') this.#options.onInternalError(error);
      this.#send(this.#frames.error(id, error, call));
    } finally {
      if (this.#subscriptions.get(id) === running) this.#subscriptions.delete(id);
    }
  }

  #register(id: RequestId, running: AbortController): void {
    if (this.#subscriptions.has(id))
      throw new TRPCError({ code: 'BAD_REQUEST', message: `id ${id} is subscribed already` });
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: `a connection holds at most ${MAX_SUBSCRIPTIONS} subscriptions`,
      });
    }
    this.#subscriptions.set(id, running);
  }

  /** Sends what the subscription yields, as fast as the network takes it, until it ends or is stopped. */
  async #serve(id: RequestId, result: unknown, stopped: AbortSignal): Promise<void> {
    if (!isAsyncIterable(result))
      throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'the subscription yields nothing' });
    let joined: Disposable | null = null;
    for await (const value of result) {
      if (stopped.aborted) return;
      this.#send(this.#frames.data(id, value));
      await this.#options.socket.drained();
      if (stopped.aborted) return;
      // In this very turn: whatever came later would be missed, or sent twice.
      if (result instanceof Broadcast) joined = this.#join(id, result, value);
      if (joined !== null) break;
    }
    if (joined === null || !(result instanceof Broadcast)) return;
    using _ = joined;
    await result.whileAllowed(stopped);
  }

  /** Joins those who are sent a broadcast at once, if nothing waits for this one; else null. */
  #join(id: RequestId, broadcast: Broadcast<unknown>, sent: unknown): Disposable | null {
    const { channels, socket } = this.#options;
    if (channels === null || !isTrackedEnvelope(sent) || !broadcast.isNewest(sent[0])) return null;
    return channels.join(broadcast, { id, socket, frames: this.#frames });
  }

  /** Each call of a batch that is too large is told so: its caller waits for it. */
  #refuseBatch(messages: readonly unknown[]): void {
    const message = `a batch holds at most ${MAX_BATCH} calls`;
    const ids = new Set(messages.map(idOf));
    for (const id of ids) this.#refuse(id, { message });
  }

  #refuse(id: RequestId, { message, cause }: { message: string; cause?: unknown }): void {
    this.#send(this.#frames.error(id, new TRPCError({ code: 'PARSE_ERROR', message, cause }), NO_CALL));
  }

  #send(frame: string): void {
    if (!this.#closed.signal.aborted) this.#options.socket.send(frame);
  }
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function idOf(raw: unknown): RequestId {
  const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function withLastEventId(input: unknown, lastEventId: string): unknown {
  return typeof input === 'object' && input !== null ? { ...input, lastEventId } : (input ?? { lastEventId });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
