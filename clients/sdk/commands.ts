import type { ServerFrame } from '../../api/contract/agent-frames.ts';
import type { ErrorCode } from '../../api/contract/errors.ts';
import { Pace } from './pace.ts';

/** A command that the server refused, or that was given up with its session. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
  readonly code: ErrorCode | 'SESSION_LOST';
  /** The status codes that would have been accepted. */
  readonly allowed: readonly string[] | null;

  constructor(
    message: string,
    { code, allowed = null }: { code: CommandRefused['code']; allowed?: readonly string[] | null },
  ) {
    super(message);
    this.code = code;
    this.allowed = allowed;
  }
}

interface Command {
  readonly id: string;
  readonly frame: string;
  /** What it asks for holds in whatever session comes next: it is not given up with the one that it began in. */
  readonly outlivesSession: boolean;
  readonly resolve: (seq: number) => void;
  readonly reject: (reason: CommandRefused) => void;
}

/**
 * Commands on their way, one at a time, in order. One that has no answer when the connection breaks is sent again
 * under the same id when the session is resumed: the server does it once and answers as it did the first time.
 */
export class CommandQueue {
  readonly #send: (frame: string) => void;
  readonly #pace: Pace;
  #waiting: Command[] = [];
  #isOpen = false;
  /** Why nothing is taken any more. */
  #closed: string | null = null;
  #pausing: ReturnType<typeof setTimeout> | null = null;

  constructor(send: (frame: string) => void, pace = new Pace()) {
    this.#send = send;
    this.#pace = pace;
  }

  /** Resolves to the seq once the server has it on disk. @throws CommandRefused */
  push(id: string, frame: object, { outlivesSession = false } = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) return reject(lost(this.#closed));
      this.#waiting.push({ id, frame: JSON.stringify({ ...frame, id }), outlivesSession, resolve, reject });
      if (this.#waiting.length === 1) this.#sendFirst();
    });
  }

  /** The session is there: what waits is sent. */
  open(): void {
    this.#isOpen = true;
    this.#pace.renew();
    this.#sendFirst();
  }

  pause(): void {
    this.#isOpen = false;
    if (this.#pausing !== null) clearTimeout(this.#pausing);
    this.#pausing = null;
  }

  /** An answer came; one to nothing that waits is an echo of a former connection. */
  answered(frame: Extract<ServerFrame, { op: 'ok' | 'no' }>): void {
    if (this.#waiting[0]?.id !== frame.id) return;
    const command = this.#waiting.shift();
    if (frame.op === 'ok') command?.resolve(frame.seq);
    else
      command?.reject(
        new CommandRefused(frame.message, { code: frame.code, allowed: frame.allowed ?? null }),
      );
    this.#sendFirst();
  }

  /** The session is gone, and with it whatever was meant for it and not answered. */
  abandon(why: string): void {
    const abandoned = this.#waiting.filter(({ outlivesSession }) => !outlivesSession);
    this.#waiting = this.#waiting.filter(({ outlivesSession }) => outlivesSession);
    for (const { reject } of abandoned) reject(lost(why));
  }

  /** No session will come: everything is given up, also what is pushed from here on. */
  close(why: string): void {
    this.pause();
    this.#closed ??= why;
    for (const { reject } of this.#waiting.splice(0)) reject(lost(why));
  }

  #sendFirst(): void {
    const [first] = this.#waiting;
    if (!this.#isOpen || first === undefined || this.#pausing !== null) return;
    const waitMs = this.#pace.take();
    if (waitMs === 0) return this.#send(first.frame);
    this.#pausing = setTimeout(() => {
      this.#pausing = null;
      this.#sendFirst();
    }, waitMs);
  }
}

function lost(why: string): CommandRefused {
  return new CommandRefused(why, { code: 'SESSION_LOST' });
}
