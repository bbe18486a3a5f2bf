/** One agent under judgement: what it asked for, and what was promised to it. Speaks the agent socket itself. */
import type { WelcomeFrame } from '../../../api/contract/agent-frames.ts';
import { type Answer, Wire } from '../cast/wire.ts';

interface Asked {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
}

export interface Acknowledged extends Asked {
  readonly seq: number;
}

/** Any of these may follow any other. */
const STATUSES = ['available', 'busy', 'away'] as const;

export class JudgedAgent {
  /** What the server said is done, in its order, since the last verdict. */
  acknowledged: Acknowledged[] = [];
  /** What was asked and not answered when the connection broke. */
  unanswered: Asked | null = null;
  /** The last state that is known for certain. */
  certain: { seq: number; status: string; reason: string | null } = {
    seq: 0,
    status: 'available',
    reason: null,
  };
  /** Whatever was said that may not be. */
  readonly complaints: string[] = [];
  readonly name: string;
  readonly #token: string;
  #wire: Wire | null = null;
  #session: string | null = null;
  #asked = 0;

  constructor(name: string, token: string) {
    this.name = name;
    this.#token = token;
  }

  /** Connects, resuming the session that it had. */
  async connect(url: string): Promise<WelcomeFrame> {
    this.#wire = await Wire.open(url);
    const resume =
      this.#session === null ? {} : { resume: { session: this.#session, seq: this.certain.seq } };
    const welcome = await this.#wire.hello({ token: this.#token, device: 'judged', ...resume });
    this.#session = welcome.session;
    return welcome;
  }

  /** Changes status as fast as it is answered, but no faster than every `everyMs`, until the connection breaks. */
  async change(everyMs: number): Promise<void> {
    while (this.#wire?.isOpen === true) {
      this.#asked += 1;
      const status = STATUSES[this.#asked % STATUSES.length] ?? 'busy';
      const asked: Asked = { id: `${this.name}-${this.#asked}`, status, reason: `change ${this.#asked}` };
      this.unanswered = asked;
      const begun = performance.now();
      const answer = await this.#ask(asked);
      if (answer === null) return;
      if (answer.op === 'no') this.complaints.push(`${asked.id} was refused`);
      else this.acknowledged.push({ ...asked, seq: answer.seq });
      this.unanswered = null;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - begun))));
    }
  }

  /** Asks for the very same change again: it must be answered as it was the first time. */
  async repeat(first: Acknowledged): Promise<void> {
    const answer = await this.#ask(first);
    if (answer?.op !== 'ok' || answer.seq !== first.seq) {
      this.complaints.push(
        `${first.id}, acknowledged as ${first.seq}, is now answered with ${JSON.stringify(answer)}`,
      );
    }
  }

  close(): void {
    this.#wire?.[Symbol.dispose]();
  }

  /** Null where the connection breaks first. */
  async #ask({ id, status, reason }: Asked): Promise<Answer | null> {
    return this.#wire?.ask({ op: 'status', id, status, reason }).catch(() => null) ?? null;
  }
}
