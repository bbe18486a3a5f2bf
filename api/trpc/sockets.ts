import type { TRPCError } from '@trpc/server';
import type { Claims } from '../auth/tokens.ts';
import { RollcallError } from '../contract/errors.ts';
import { appRouter } from '../routers/app.ts';
import type { Socket, SocketRoute } from '../transport.ts';
import type { Channels } from './channels.ts';
import { TrpcConnection } from './connection.ts';
import type { Context, Services } from './context.ts';
import { bearer, tokenOf } from './http.ts';
import { asText } from './serialised.ts';

export interface TrpcSocketsOptions {
  readonly services: Services;
  /** Where broadcasts are published; without it, each socket is sent them by itself. */
  readonly channels: Channels | null;
  readonly onInternalError: (error: TRPCError) => void;
}

const MAX_SOCKETS_A_USER = 2_000;
const MAX_MESSAGE_BYTES = 1 << 20;
/** A snapshot of the largest board must fit, and more than one may be under way. */
const MAX_BUFFERED_BYTES = 64 << 20;
/** The session behind the socket has ended. */
const UNAUTHENTICATED = 4401;
const TOO_MANY = 4429;

/** tRPC over WebSockets. */
export class TrpcSockets {
  readonly route: SocketRoute;
  readonly #options: TrpcSocketsOptions;
  readonly #connections = new Set<TrpcConnection>();
  readonly #socketsOf = new Map<number, number>();

  constructor(options: TrpcSocketsOptions) {
    this.#options = options;
    this.route = {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      open: (socket) => this.#open(socket),
    };
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Asks every client to connect anew, spread over `withinMs`, so that they don't all come back at once. */
  drain(withinMs: number): void {
    const step = withinMs / Math.max(1, this.#connections.size);
    for (const [index, connection] of [...this.#connections].entries()) {
      setTimeout(() => connection.askToReconnect(), index * step).unref();
    }
  }

  #open(socket: Socket): TrpcConnection {
    const hold: Hold = { isOver: false, things: [] };
    const connection: TrpcConnection = new TrpcConnection({
      router: appRouter,
      socket,
      channels: this.#options.channels,
      onInternalError: this.#options.onInternalError,
      createContext: async (params) => {
        const token = bearer(socket.headers) ?? tokenOf(params);
        const claims = await this.#options.services.authenticator.openSession(token);
        if (!(claims instanceof RollcallError)) this.#admit(claims, { socket, hold });
        return this.#context(connection, { socket, claims });
      },
      onClosed: () => {
        hold.isOver = true;
        this.#connections.delete(connection);
        for (const thing of hold.things.splice(0)) thing[Symbol.dispose]();
      },
    });
    this.#connections.add(connection);
    return connection;
  }

  #context(
    connection: TrpcConnection,
    { socket, claims }: { socket: Socket; claims: Claims | RollcallError },
  ): Context {
    return {
      ...this.#options.services,
      peer: socket.peer,
      claims,
      cookies: null,
      present: asText,
      hangUp: () => connection.hangUp(),
    };
  }

  /** Counts a user's socket, and ends it with the log-in session. One too many is closed. */
  #admit(claims: Claims, { socket, hold }: { socket: Socket; hold: Hold }): void {
    // It may have closed while the session was looked up.
    if (hold.isOver) return;
    const { userId } = claims;
    const sockets = this.#socketsOf.get(userId) ?? 0;
    if (sockets >= MAX_SOCKETS_A_USER) return socket.close(TOO_MANY, 'this user has too many sockets');
    this.#socketsOf.set(userId, sockets + 1);
    hold.things.push(
      { [Symbol.dispose]: () => this.#leave(userId) },
      this.#options.services.authenticator.liveSessions.attach(claims, () =>
        socket.close(UNAUTHENTICATED, 'the log-in session ended'),
      ),
    );
  }

  #leave(userId: number): void {
    const left = (this.#socketsOf.get(userId) ?? 1) - 1;
    if (left > 0) this.#socketsOf.set(userId, left);
    else this.#socketsOf.delete(userId);
  }
}

/** What is given back when a socket closes. */
interface Hold {
  isOver: boolean;
  readonly things: Disposable[];
}
