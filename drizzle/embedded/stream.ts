import { Duplex } from 'node:stream';
import { FrameReader, HEADER, message, messageType } from './frames.ts';
import type { Connection, Session, Turn } from './session.ts';
import { StatementNames } from './statement-names.ts';
import { reasonOf } from './turns.ts';

/**
 * Ends a COPY … FROM STDIN, which would read the shared session to its end and stop the database. PostgreSQL ignores
 * it after every other statement.
 */
const NO_COPY = message(
  messageType.copyFail,
  Buffer.from('the embedded database takes no COPY FROM STDIN\0'),
);

/** LISTEN is the whole session's: one connection's UNLISTEN must not deafen the others. */
const KEEP_LISTENING = message(messageType.query, Buffer.from('LISTEN rollcall_session\0'));

/**
 * A connection to the embedded database, for node-postgres to use in place of a socket: it speaks the wire protocol,
 * so that types, errors, prepared statements and transactions are node-postgres' own.
 *
 * Messages are gathered until Query, Sync or Flush, and answered whole. Destroyed with BackendStopped when the
 * database ends, with BackendBusy when its turn doesn't come. When it ends within a transaction, that is rolled back.
 */
export class BackendStream extends Duplex implements Connection {
  readonly #session: Session;
  readonly #names: StatementNames;
  readonly #frames = new FrameReader();
  readonly #gone = new AbortController();
  #request: Buffer[] = [];
  #turn: Turn | null = null;
  #exchanging = false;

  constructor(session: Session) {
    super();
    this.#session = session;
    this.#names = new StatementNames(session.join(this));
  }

  /** What a socket does, as node-postgres calls it. */
  connect(): void {
    process.nextTick(() => {
      const { stopped } = this.#session;
      if (stopped.aborted) this.destroy(reasonOf(stopped));
      else this.emit('connect');
    });
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  notify(notification: Buffer): void {
    if (!this.destroyed && !this.writableEnded) this.push(notification);
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    void this.#write(chunk, done);
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#session.leave(this);
    this.#gone.abort();
    if (!this.#exchanging) void this.#leave();
    done(error);
  }

  async #write(chunk: Buffer, done: (error?: Error) => void): Promise<void> {
    try {
      await this.#send(chunk);
    } catch (error) {
      done(error instanceof Error ? error : new Error('the exchange failed', { cause: error }));
      return;
    }
    done();
  }

  async #send(chunk: Buffer): Promise<void> {
    for (const each of this.#frames.read(chunk)) {
      switch (each[0]) {
        case messageType.startup:
          this.push(this.#session.greeting);
          break;
        case messageType.terminate:
          break;
        case messageType.query:
          this.#request.push(isUnlisten(each) ? KEEP_LISTENING : each, NO_COPY);
          await this.#exchange(true);
          break;
        case messageType.sync:
          this.#request.push(NO_COPY, each);
          await this.#exchange(true);
          break;
        case messageType.flush:
          this.#request.push(each, NO_COPY);
          await this.#exchange(false);
          break;
        default:
          this.#request.push(this.#names.rewrite(each));
      }
    }
  }

  async #exchange(endsReady: boolean): Promise<void> {
    const bytes = Buffer.concat(this.#request);
    this.#request = [];
    this.#exchanging = true;
    try {
      this.#turn ??= await this.#session.take(this.#gone.signal);
      await this.#turn.exchange({ bytes, endsReady }, (messages) => {
        if (!this.destroyed) this.push(Buffer.concat(messages));
      });
    } finally {
      this.#exchanging = false;
      if (this.destroyed) void this.#leave();
    }
    if (this.#turn?.settled) await this.#takeTurn()?.end();
  }

  /** Leaves the session as if this connection had never been. */
  async #leave(): Promise<void> {
    const statements = this.#names.closeAll();
    const held = this.#takeTurn();
    if (held === null && statements.length === 0) return;
    try {
      const turn = held ?? (await this.#session.take(this.#session.stopped));
      await turn.end(statements);
    } catch {
      // The database ended, and with it everything that was left; or its turn doesn't come, and the statements stay.
    }
  }

  /** The turn, no longer this connection's to use. */
  #takeTurn(): Turn | null {
    const turn = this.#turn;
    this.#turn = null;
    return turn;
  }
}

function isUnlisten(query: Buffer): boolean {
  return /^\s*unlisten\b/i.test(query.toString('latin1', HEADER, HEADER + 64));
}
