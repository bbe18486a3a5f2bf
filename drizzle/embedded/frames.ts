/**
 * Whole messages of PostgreSQL's wire protocol, cut out of bytes that arrive in chunks of any size.
 *
 * A message is its type byte, a length that counts itself, and a body. A start-up message alone has no type byte:
 * it begins with the high byte of its length, which is zero, as no type is.
 */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Bytes without which no further message is whole. */
  #wanted = 1;

  /** The messages that this chunk completes, each with its header. They may share memory with the chunk. */
  read(chunk: Uint8Array): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? view(chunk) : Buffer.concat(this.#chunks);
    const messages: Buffer[] = [];
    let start = 0;
    let length = lengthAt(bytes, start);
    while (length !== null && start + length <= bytes.length) {
      messages.push(bytes.subarray(start, start + length));
      start += length;
      length = lengthAt(bytes, start);
    }
    const rest = bytes.subarray(start);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    this.#wanted = length ?? rest.length + 1;
    return messages;
  }
}

/** What the first byte of a message says it is. */
export const messageType = {
  // From the client
  startup: 0,
  bind: code('B'),
  close: code('C'),
  copyFail: code('f'),
  describe: code('D'),
  flush: code('H'),
  parse: code('P'),
  query: code('Q'),
  sync: code('S'),
  terminate: code('X'),
  // From the server
  commandComplete: code('C'),
  notification: code('A'),
  readyForQuery: code('Z'),
} as const;

/** A message of this type with this body. */
export function message(type: number, body: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(HEADER + body.length);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt32BE(bytes.length - 1, 1);
  bytes.set(body, HEADER);
  return bytes;
}

/** Type byte and length. */
export const HEADER = 5;

/** The length of the message at `start`, header included; null while its header is not whole. */
function lengthAt(bytes: Buffer, start: number): number | null {
  if (start >= bytes.length) return null;
  const typeLength = bytes[start] === messageType.startup ? 0 : 1;
  if (start + typeLength + 4 > bytes.length) return null;
  return typeLength + bytes.readUInt32BE(start + typeLength);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}
