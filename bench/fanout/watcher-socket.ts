/** A watcher that costs next to nothing: it speaks WebSocket by hand, and counts the tiles in what it gets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Each tile that a watcher gets has one. */
const MARK = Buffer.from('"seq":');
const END_OF_HEADERS = '\r\n\r\n';
const TEXT_FRAME = 0x81;

export interface WatcherOptions {
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** Frames to send once it is open. */
  readonly frames: readonly string[];
  /** Told how many tiles came. */
  readonly onTiles: (tiles: number, bytes: number) => void;
}

/** Resolves when the server has accepted the WebSocket, and answered what it was sent. @throws Error when it does not. */
export async function openWatcher({ port, path, frames, onTiles }: WatcherOptions): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: cm9sbGNhbGwgYmVuY2ggMQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  let behind = await upgraded(socket);
  const take = (chunk: Buffer) => {
    const bytes = behind.length === 0 ? chunk : Buffer.concat([behind, chunk]);
    onTiles(countMarks(bytes), chunk.length);
    behind = beginningOfMark(bytes);
  };
  if (behind.length > 0) take(Buffer.alloc(0));
  socket.on('data', take);
  for (const text of frames) socket.write(masked(text));
  if (frames.length > 0) await once(socket, 'data');
  return socket;
}

/** What came behind the answer to the upgrade. */
async function upgraded(socket: Socket): Promise<Buffer> {
  let answer = Buffer.alloc(0);
  while (!answer.includes(END_OF_HEADERS)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
  }
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101'))
    throw new Error(`no WebSocket: ${answer.toString()}`);
  return answer.subarray(answer.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length);
}

function countMarks(bytes: Buffer): number {
  let marks = 0;
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + MARK.length)) marks += 1;
  return marks;
}

/** The end of what came, where it may be the beginning of a mark. */
function beginningOfMark(bytes: Buffer): Buffer {
  for (let length = Math.min(MARK.length - 1, bytes.length); length > 0; length--) {
    const tail = bytes.subarray(bytes.length - length);
    if (tail.equals(MARK.subarray(0, length))) return tail;
  }
  return EMPTY;
}

const EMPTY = Buffer.alloc(0);

/** A client's text frame, under a mask of zeros. */
function masked(text: string): Buffer {
  const body = Buffer.from(text);
  const isShort = body.length < 126;
  const header = Buffer.alloc(isShort ? 6 : 8);
  header[0] = TEXT_FRAME;
  header[1] = 0x80 | (isShort ? body.length : 126);
  if (!isShort) header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}
