/** The other end of processes.ts: what a process that a bench starts can be asked. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly about: unknown;
}

export interface Answered {
  readonly id: number;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly error?: string;
}

/** What a process has used since it began. */
export interface Usage {
  /** Of all its threads. */
  readonly cpuMicros: number;
  /** With what typed arrays hold beside it. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

/** By the name of the question. What is asked about comes as it was sent: as JSON. */
type Answers = Readonly<Record<string, (about: never) => unknown>>;

/** Answers questions until the bench goes away, and then ends. `usage` and `ready` are known everywhere. */
export function answer(answers: Answers): void {
  const all: Answers = { ...answers, usage, ready: () => null };
  process.on('message', (question: Question) => void reply(question, all));
  process.once('disconnect', () => process.exit(0));
}

/** After a collection, where the process was started with `--expose-gc`. */
export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { cpuMicros: user + system, heapBytes: heapUsed + arrayBuffers, residentBytes: rss };
}

async function reply({ id, name, about }: Question, answers: Answers): Promise<void> {
  const answered = await Promise.resolve()
    .then(() => find(answers, name)(about as never))
    .then(
      (value): Answered => ({ id, value: value ?? null }),
      (error: unknown): Answered => ({
        id,
        error: error instanceof Error ? String(error.stack) : String(error),
      }),
    );
  process.send?.(answered);
}

function find(answers: Answers, name: string): (about: never) => unknown {
  const found = answers[name];
  if (found === undefined) throw new TypeError(`nobody answers ${name} here`);
  return found;
}
