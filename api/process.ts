import { startUpMessage } from './start-up-errors.ts';

/** What runs until a signal, or until it fails by itself. */
interface Running extends AsyncDisposable {
  readonly stopped: Promise<void>;
}

/**
 * Starts, waits for SIGTERM or SIGINT, and stops in order; a signal during the start is heeded after it. A second signal
 * ends the process at once.
 */
export async function runUntilSignal(start: () => Promise<Running>): Promise<void> {
  // From the beginning: whoever reads that it is up may send one before it has said so to its end.
  const signalled = signal();
  try {
    const running = await start();
    await Promise.race([signalled, running.stopped]);
    await running[Symbol.asyncDispose]();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${startUpMessage(error)}\n`);
    process.exit(1);
  }
}

/** Resolves at the first one; from then on the next one ends the process. */
function signal(): Promise<void> {
  return new Promise((resolve) => {
    const heed = (): void => {
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      resolve();
    };
    process.once('SIGTERM', heed);
    process.once('SIGINT', heed);
  });
}
