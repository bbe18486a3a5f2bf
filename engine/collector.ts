import { setFlagsFromString } from 'node:v8';

/**
 * Settles how this process collects garbage, for one that runs an engine; to be called before it does. Flags that
 * another version of V8 doesn't know are passed over.
 */
export function settleCollector(): void {
  // What happens to agents lives for milliseconds. A morning on which thousands log in at once has V8 believe otherwise,
  // and place all that comes later among what is old, where only the long collections find it.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // A long collection when the heap is three times as large; else V8 has one every few seconds where little is left of each.
  setFlagsFromString('--heap-growing-percent=200');
}
