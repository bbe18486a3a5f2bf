import type { ServerFrame } from '../../api/contract/agent-frames.ts';
import type { ErrorCode } from '../../api/contract/errors.ts';

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
  readonly resolve: (seq: number) => void;
  readonly reject: (reason: CommandRefused) => void;
}

/**
 * Commands on their way, one at a time, in order. One that has no answer when the connection breaks is sent again
 * under the same id when the session is resumed: the server does it once and answers as it did the first time.
 */
export class CommandQueue {
  readonly #send: (frame: string) => void;
  readonly #waiting: Command[] = [];
  #isOpen = false;

  constructor(send: (frame: string) => void) {
    this.#send = send;
  }

  /** Resolves to the seq once the server has it on disk. @throws CommandRefused */
  push(id: string, frame: object): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, frame: JSON.stringify({ ...frame, id }), resolve, reject });
      if (this.#isOpen && this.#waiting.length === 1) this.#sendFirst();
    });
  }

  /** The session is there: what waits is sent. */
  open(): void {
    this.#isOpen = true;
    this.#sendFirst();
  }

  pause(): void {
    this.#isOpen = false;
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

  /** The session is gone, and with it whatever was not answered. */
  abandon(why: string): void {
    for (const { reject } of this.#waiting.splice(0))
      reject(new CommandRefused(why, { code: 'SESSION_LOST' }));
  }

  #sendFirst(): void {
    const [first] = this.#waiting;
    if (this.#isOpen && first !== undefined) this.#send(first.frame);
  }
}
