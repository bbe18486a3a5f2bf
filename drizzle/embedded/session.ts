import type { Backend, Question, Receive } from './backend.ts';
import { message, messageType } from './frames.ts';
import { reasonOf, Turns } from './turns.ts';

/** What a connection must be able to do for the session. */
export interface Connection {
  /** Takes a NotificationResponse. */
  notify(notification: Buffer): void;
  destroy(error: Error): void;
}

const IDLE = 'I'.charCodeAt(0);
const END_TRANSACTION = Buffer.concat([
  message(messageType.sync),
  message(messageType.query, Buffer.from('ROLLBACK\0')),
]);

/**
 * The one session of the embedded database, as many connections share it.
 *
 * A connection has the session for itself from its first message to the ReadyForQuery that says "idle": others see
 * a whole transaction or nothing of it. What the connections share none the less: LISTEN (every connection hears
 * every notification), SET without LOCAL, session-level advisory locks, temporary tables.
 *
 * A transaction that waits for a second connection waits for itself; that ends with BackendBusy.
 */
export class Session implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #turns: Turns;
  readonly #connections = new Set<Connection>();
  #connected = 0;

  constructor(backend: Backend, turnTimeoutMs: number) {
    this.#backend = backend;
    this.#turns = new Turns(turnTimeoutMs);
    const { stopped } = backend;
    stopped.addEventListener('abort', () => {
      for (const connection of this.#connections) connection.destroy(reasonOf(stopped));
    });
  }

  /** The answer to a start-up message. */
  get greeting(): Buffer {
    return this.#backend.greeting;
  }

  /** Aborted, with a BackendStopped for a reason, when the database is gone. */
  get stopped(): AbortSignal {
    return this.#backend.stopped;
  }

  /** Makes the connection hear notifications, and of the database's end. Returns its number, never used before. */
  join(connection: Connection): number {
    this.#connections.add(connection);
    this.#connected += 1;
    return this.#connected;
  }

  leave(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** Resolves when the session is the caller's alone. @throws BackendBusy, or the signal's reason */
  async take(signal: AbortSignal): Promise<Turn> {
    await this.#turns.take(signal);
    return new Turn(this);
  }

  /** For the holder of the turn alone. */
  async exchange(question: Question, receive: Receive): Promise<void> {
    await this.#backend.exchange(question, (messages) => {
      const [notifications, answer] = partition(messages);
      for (const notification of notifications) {
        for (const connection of this.#connections) connection.notify(notification);
      }
      if (answer.length > 0) receive(answer);
    });
  }

  pass(): void {
    this.#turns.pass();
  }

  /** Ends the database when the turns now taken and waited for are over. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.stopped.aborted) return;
    await this.#turns.take(this.stopped);
    await this.#backend[Symbol.asyncDispose]();
  }
}

/** A connection's time alone with the session. */
export class Turn {
  readonly #session: Session;
  #settled = true;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether nothing is left open: no transaction, no portal, no message before its Sync. */
  get settled(): boolean {
    return this.#settled;
  }

  async exchange(question: Question, receive: Receive): Promise<void> {
    this.#settled = false;
    await this.#session.exchange(question, (messages) => {
      const last = messages.at(-1);
      this.#settled = last?.[0] === messageType.readyForQuery && last.at(-1) === IDLE;
      receive(messages);
    });
  }

  /** Passes the session on, clean: what was left open is rolled back, and `farewell` (whole messages) is said. */
  async end(farewell: Buffer = Buffer.alloc(0)): Promise<void> {
    const ending: Buffer[] = this.#settled ? [] : [END_TRANSACTION];
    if (farewell.length > 0) ending.push(farewell, message(messageType.sync));
    try {
      if (ending.length === 0) return;
      await this.#session.exchange({ bytes: Buffer.concat(ending), endsReady: true }, () => {});
    } finally {
      this.#session.pass();
    }
  }
}

function partition(messages: readonly Buffer[]): [notifications: Buffer[], answer: Buffer[]] {
  const notifications: Buffer[] = [];
  const answer: Buffer[] = [];
  for (const each of messages) (each[0] === messageType.notification ? notifications : answer).push(each);
  return [notifications, answer];
}
