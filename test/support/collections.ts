import { setImmediate as turn } from 'node:timers/promises';
import { PerformanceObserver } from 'node:perf_hooks';

/** How often memory was cleared up while something ran: never, but for what others left, where it makes nothing. */
export async function collectionsDuring(run: () => void): Promise<number> {
  let count = 0;
  const observer = new PerformanceObserver((list) => void (count += list.getEntries().length));
  observer.observe({ entryTypes: ['gc'] });
  run();
  // They are told of in later turns.
  for (let turns = 0; turns < 3; turns++) await turn();
  observer.disconnect();
  return count;
}
