import { startUpMessage } from './start-up-errors.ts';

/** What runs until a signal, or until it fails by itself. */
interface Running extends AsyncDisposable {
  readonly stopped: Promise<void>;
}

/** Starts, waits for SIGTERM or SIGINT, and stops in order. A second signal ends the process at once. */
export async function runUntilSignal(start: () => Promise<Running>): Promise<void> {
  try {
    const running = await start();
    await Promise.race([signal(), running.stopped]);
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    await running[Symbol.asyncDispose]();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${startUpMessage(error)}\n`);
    process.exit(1);
  }
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
