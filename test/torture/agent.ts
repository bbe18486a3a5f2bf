/** One agent under judgement: what it asked for, and what was promised to it. Speaks the agent socket itself. */
import { WebSocket } from 'ws';

interface Asked {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
}

export interface Acknowledged extends Asked {
  readonly seq: number;
}

interface Frame {
  readonly op: string;
  readonly id?: string;
  readonly seq?: number;
  readonly session?: string;
  readonly resumed?: boolean;
  readonly tile?: {
    readonly seq: number;
    readonly duty: string | null;
    readonly reason?: string;
    readonly connectivity: string;
  };
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
  #socket: WebSocket | null = null;
  #session: string | null = null;
  #heard: ((frame: Frame) => void) | null = null;
  #asked = 0;

  constructor(name: string, token: string) {
    this.name = name;
    this.#token = token;
  }

  /** Connects, resuming the session that it had. */
  async connect(url: string): Promise<Frame> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/agent`);
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#heard?.(JSON.parse(data.toString()) as Frame));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    const resume =
      this.#session === null ? {} : { resume: { session: this.#session, seq: this.certain.seq } };
    const welcome = await this.#request(
      { op: 'hello', token: this.#token, device: 'torture', ...resume },
      ({ op }) => op === 'welcome',
    );
    this.#session = welcome.session ?? null;
    return welcome;
  }

  /** Changes status as fast as it is answered, but no faster than every `everyMs`, until the connection breaks. */
  async change(everyMs: number): Promise<void> {
    const socket = this.#socket;
    while (socket?.readyState === WebSocket.OPEN) {
      this.#asked += 1;
      const status = STATUSES[this.#asked % STATUSES.length] ?? 'busy';
      const asked: Asked = { id: `${this.name}-${this.#asked}`, status, reason: `change ${this.#asked}` };
      this.unanswered = asked;
      const begun = performance.now();
      const answer = await this.#ask(asked).catch(() => null);
      if (answer === null) return;
      if (answer.op !== 'ok' || answer.seq === undefined) this.complaints.push(`${asked.id} was refused`);
      else {
        this.acknowledged.push({ ...asked, seq: answer.seq });
        this.unanswered = null;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - begun))));
    }
  }

  /** Asks for the very same change again: it must be answered as it was the first time. */
  async repeat(first: Acknowledged): Promise<void> {
    const answer = await this.#ask(first).catch(() => null);
    if (answer?.op !== 'ok' || answer.seq !== first.seq) {
      this.complaints.push(
        `${first.id}, acknowledged as ${first.seq}, is now answered with ${JSON.stringify(answer)}`,
      );
    }
  }

  close(): void {
    this.#socket?.terminate();
  }

  #ask({ id, status, reason }: Asked): Promise<Frame> {
    return this.#request({ op: 'status', id, status, reason }, (frame) => frame.id === id);
  }

  #request(frame: object, isAnswer: (frame: Frame) => boolean): Promise<Frame> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const broken = () => reject(new Error('the connection broke'));
      if (socket?.readyState !== WebSocket.OPEN) return broken();
      socket.once('close', broken);
      this.#heard = (heard) => {
        if (!isAnswer(heard)) return;
        socket.off('close', broken);
        resolve(heard);
      };
      socket.send(JSON.stringify(frame));
    });
  }
}
