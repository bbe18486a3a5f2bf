/**
 * Broadcasts over WebSockets that the server publishes to natively: one text for all who watch one topic under one
 * request id, which clients count from one, so that they are few.
 */
import type { Clock } from '../../engine/clock.ts';
import type { Publish, Socket } from '../transport.ts';
import type { Broadcast } from './broadcast.ts';
import type { Frames, RequestId } from './frames.ts';

/** A subscription of a socket. */
export interface Seat {
  readonly id: RequestId;
  readonly socket: Socket;
  readonly frames: Frames;
}

interface Channel {
  readonly listening: Disposable;
  readonly sockets: Set<Socket>;
}

const LOOK_MS = 1_000;
/** What may wait for a slow watcher. */
const MAX_BEHIND_BYTES = 4 << 20;
/** "Try again later": the client reconnects and resumes. */
const TRY_AGAIN = 1013;

export class Channels implements Disposable {
  readonly #publish: Publish;
  readonly #channels = new Map<string, Channel>();
  readonly #looking: Disposable;

  constructor(publish: Publish, clock: Clock) {
    this.#publish = publish;
    this.#looking = clock.every(LOOK_MS, () => this.#closeSlow());
  }

  /** Sends a socket every event from here on. Disposing ends it. */
  join(broadcast: Broadcast<unknown>, { id, socket, frames }: Seat): Disposable {
    const name = `${broadcast.topic}|${JSON.stringify(id)}`;
    const channel = this.#channels.get(name) ?? {
      listening: broadcast.listen((event) => this.#publish(name, frames.data(id, event))),
      sockets: new Set(),
    };
    this.#channels.set(name, channel);
    channel.sockets.add(socket);
    socket.join(name);
    return {
      [Symbol.dispose]: () => {
        socket.leave(name);
        channel.sockets.delete(socket);
        if (channel.sockets.size > 0) return;
        channel.listening[Symbol.dispose]();
        this.#channels.delete(name);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]();
    for (const { listening } of this.#channels.values()) listening[Symbol.dispose]();
    this.#channels.clear();
  }

  #closeSlow(): void {
    for (const { sockets } of this.#channels.values())
      for (const socket of sockets)
        if (socket.buffered > MAX_BEHIND_BYTES) socket.close(TRY_AGAIN, 'too slow: reconnect and resume');
  }
}
