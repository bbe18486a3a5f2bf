import type { Subject } from './topics.ts';
import type { Sent } from './topic.ts';

/** What may be watched: first what is needed by whoever holds a cursor, then, through `hear`, everything that comes. */
export interface Watchable {
  watch(
    subject: Subject,
    cursor: string | null,
    hear: (sent: Sent) => void,
  ): Disposable & { readonly first: Sent };
}

export interface WatcherOptions {
  readonly subject: Subject;
  /** The cursor that the watcher holds; null for none. */
  readonly after: string | null;
  readonly signal: AbortSignal;
  /** How many batches may wait for a slow reader. */
  readonly maxWaiting?: number;
  /** Called when the bound is passed: the reader, being slow, may not ask for what comes next for long. */
  readonly onSlow?: () => void;
}

/** The reader was too slow: it has to come back with the cursor that it holds. */
export class SlowWatcher extends Error {
  override readonly name = 'SlowWatcher';
}

const MAX_WAITING = 512;

/**
 * A subject for one reader, at the reader's pace: first what it missed or a snapshot, then each batch. What waits is
 * shared between all readers and bounded (SPEC G3). Ends when `signal` aborts.
 * @throws SlowWatcher when the reader falls behind the bound.
 */
export async function* watch(
  watchable: Watchable,
  options: WatcherOptions,
): AsyncGenerator<Sent, void, void> {
  const { subject, after, signal, maxWaiting = MAX_WAITING, onSlow } = options;
  const waiting: Sent[] = [];
  let isLate = false;
  let wake: (() => void) | null = null;
  using watching = watchable.watch(subject, after, (sent) => {
    if (waiting.length < maxWaiting) waiting.push(sent);
    else if (!isLate) {
      isLate = true;
      onSlow?.();
    }
    wake?.();
  });
  const onAbort = () => wake?.();
  signal.addEventListener('abort', onAbort);
  try {
    yield watching.first;
    while (!signal.aborted) {
      if (isLate) throw new SlowWatcher(`more than ${maxWaiting} batches waited`);
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
