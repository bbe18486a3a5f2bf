import { HEADER, message, messageType } from './frames.ts';

const STATEMENT = 'S'.charCodeAt(0);

/**
 * Keeps the prepared statements of one connection apart from those of the others, which share the session: a name
 * gets the connection's number before it. The unnamed statement needs none: it lives within one exchange.
 *
 * PostgreSQL looks at the first 63 bytes of a name, number included.
 */
export class StatementNames {
  readonly #prefix: Buffer;
  readonly #known = new Set<string>();

  constructor(connection: number) {
    this.#prefix = Buffer.from(`${connection}.`);
  }

  /** The message as the session is to see it. */
  rewrite(original: Buffer): Buffer {
    const at = nameStart(original);
    if (at === null || original[at] === 0) return original;
    const name = original.toString('utf8', at, original.indexOf(0, at));
    this.#known.add(name);
    const body = [original.subarray(HEADER, at), this.#prefix, original.subarray(at)];
    return message(original.readUInt8(0), Buffer.concat(body));
  }

  /** Messages that close every statement which this connection may have prepared; empty when there is none. */
  closeAll(): Buffer {
    const kind = Buffer.of(STATEMENT);
    const closed = [...this.#known].map((name) =>
      message(messageType.close, Buffer.concat([kind, this.#prefix, Buffer.from(`${name}\0`)])),
    );
    return Buffer.concat(closed);
  }
}

/** Where in a message the name of a statement stands; null where there is none. */
function nameStart(original: Buffer): number | null {
  switch (original[0]) {
    case messageType.parse:
      return HEADER;
    case messageType.bind:
      // After the name of the portal.
      return original.indexOf(0, HEADER) + 1;
    case messageType.describe:
    case messageType.close:
      return original[HEADER] === STATEMENT ? HEADER + 1 : null;
    default:
      return null;
  }
}
