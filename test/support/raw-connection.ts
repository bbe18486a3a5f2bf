import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer over HTTP; `status` is 0 where the connection ended without one. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A TCP connection for what no well-behaved client sends: bytes go out as they are. */
export class RawConnection implements Disposable {
  /** Resolves to all that was received, as Latin-1, when the connection has ended. */
  readonly ended: Promise<string>;
  readonly #socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text));
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(this.#received)));
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const connection = new RawConnection(socket);
    await once(socket, 'connect');
    return connection;
  }

  send(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Becomes a WebSocket, whose frames `frameBytes` makes. @throws Error where the server doesn't want to. */
  async upgrade(path: string): Promise<void> {
    this.send(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    while (!this.#received.includes('\r\n\r\n')) await once(this.#socket, 'data');
    if (!this.#received.startsWith('HTTP/1.1 101')) throw new Error(this.#received);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** Sends a request as it is, and waits until the server has ended the connection. */
export async function sendRaw(url: string, request: Uint8Array | string): Promise<RawAnswer> {
  using connection = await RawConnection.open(url);
  connection.send(request);
  const received = await connection.ended;
  const end = received.indexOf('\r\n\r\n');
  const head = end < 0 ? received : received.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0),
    head,
    body: end < 0 ? '' : received.slice(end + 4),
  };
}

const MASK = [0x12, 0x34, 0x56, 0x78];

/** A frame of a WebSocket client, of less than 64 KB; `first` is its first byte. */
export function frameBytes(first: number, payload: Uint8Array): Uint8Array {
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
  return Uint8Array.from([
    first,
    ...length,
    ...MASK,
    ...payload.map((byte, at) => byte ^ (MASK[at % 4] ?? 0)),
  ]);
}
