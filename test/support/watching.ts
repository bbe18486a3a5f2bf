import type { TRPCClient } from '@trpc/client';
import type { InboxEvent } from '../../api/contract/messages.ts';
import type { SummaryEvent } from '../../api/contract/summary.ts';
import type { Scope, WatchEvent } from '../../api/contract/tile.ts';
import type { AppRouter } from '../../api/routers/app.ts';

interface Watched {
  readonly scope: Scope;
  readonly lastEventId?: string;
}

interface Client {
  readonly api: TRPCClient<AppRouter>;
}

interface Handlers<Event> {
  onData(event: { data: Event }): void;
  onError(error: Error): void;
}

/** Somebody who watches a scope through a typed client. */
export class Watching<Event = WatchEvent> implements Disposable {
  /** What came, all of it. */
  readonly events: Event[] = [];
  readonly #subscription: { unsubscribe(): void };
  #error: Error | null = null;
  #wake: (() => void)[] = [];

  constructor(subscribe: (on: Handlers<Event>) => { unsubscribe(): void }) {
    this.#subscription = subscribe({
      onData: ({ data }) => {
        this.events.push(data);
        this.#wakeAll();
      },
      onError: (error) => {
        this.#error = error;
        this.#wakeAll();
      },
    });
  }

  /** The first event, of all that came and will, for which `test` holds. @throws TRPCClientError of a refusal. */
  async until(test: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const found = this.events.find(test);
      if (found !== undefined) return found;
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  [Symbol.dispose](): void {
    this.#subscription.unsubscribe();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Watches a board. */
export function watchBoard({ api }: Client, watched: Watched): Watching {
  return new Watching((on) => api.presence.watch.subscribe(watched, on));
}

/** Watches a summary. */
export function watchSummary({ api }: Client, watched: Watched): Watching<SummaryEvent> {
  return new Watching((on) => api.presence.watchSummary.subscribe(watched, on));
}

/** The first event of a watch, which ends with it. @throws TRPCClientError where it is refused. */
export async function firstEvent<Event>(begun: Watching<Event>): Promise<Event> {
  using watching = begun;
  return await watching.until(() => true);
}

/** Watches one's own inbox. */
export function watchInbox({ api }: Client): Watching<InboxEvent> {
  return new Watching((on) => api.messages.watch.subscribe(undefined, on));
}
