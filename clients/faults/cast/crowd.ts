import type { Promises } from '../judging/history.ts';
import { type Tab } from './tab.ts';
import { pause, until } from '../waiting.ts';

/** Any of these may follow any other. */
const STATUSES = ['available', 'busy', 'away'] as const;
/** Whoever waits for an answer gets it by then, though the connection may have to be made anew. */
const ANSWERED_MS = 60_000;

/** Agents, a tab each, who change their status all the time, each waiting for the answer before it goes on. */
export class Crowd implements Disposable {
  readonly tabs: readonly Tab[];
  readonly #reason: string;
  #isWorking = false;
  #turns = 0;
  #busy = 0;

  /** `reason` is what a reason begins with. */
  constructor(tabs: readonly Tab[], reason: string) {
    this.tabs = tabs;
    this.#reason = reason;
  }

  get promises(): readonly Promises[] {
    return this.tabs.map(({ agentId, promised }) => ({ agentId, promised }));
  }

  get acknowledged(): number {
    return this.tabs.reduce((sum, { promised }) => sum + promised.length, 0);
  }

  get refused(): readonly string[] {
    return this.tabs.flatMap(({ refused }) => refused);
  }

  /** Each one a change every so many milliseconds, at most. Not all at the same moment. */
  begin(everyMs: number): void {
    this.#isWorking = true;
    for (const [index, tab] of this.tabs.entries())
      void this.#work(tab, { everyMs, firstMs: (everyMs * index) / this.tabs.length });
  }

  /** Resolves when everything that was asked for is answered. @throws Fault when that takes too long */
  async rest(): Promise<void> {
    this.#isWorking = false;
    await until(() => this.#busy === 0, { what: 'every command is answered', withinMs: ANSWERED_MS });
  }

  [Symbol.dispose](): void {
    this.#isWorking = false;
    for (const tab of this.tabs) tab.close();
  }

  async #work(tab: Tab, { everyMs, firstMs }: { everyMs: number; firstMs: number }): Promise<void> {
    this.#busy += 1;
    await pause(firstMs);
    while (this.#isWorking && tab.state.connection !== 'stopped') {
      this.#turns += 1;
      const status = STATUSES[this.#turns % STATUSES.length] ?? 'busy';
      const begun = performance.now();
      await tab.choose(status, `${this.#reason} ${this.#turns}`);
      await pause(Math.max(0, everyMs - (performance.now() - begun)));
    }
    this.#busy -= 1;
  }
}
