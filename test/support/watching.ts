import type { TRPCClient } from '@trpc/client';
import type { Scope, WatchEvent } from '../../api/contract/tile.ts';
import type { AppRouter } from '../../api/routers/app.ts';

interface Watched {
  readonly scope: Scope;
  readonly lastEventId?: string;
}

/** Somebody who watches a scope through a typed client. */
export class Watching implements Disposable {
  /** What came, all of it. */
  readonly events: WatchEvent[] = [];
  readonly #subscription: { unsubscribe(): void };
  #error: Error | null = null;
  #wake: (() => void)[] = [];

  constructor({ api }: { readonly api: TRPCClient<AppRouter> }, watched: Watched) {
    this.#subscription = api.presence.watch.subscribe(watched, {
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
  async until(test: (event: WatchEvent) => boolean): Promise<WatchEvent> {
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

/** The first event of a watch, which ends with it. @throws TRPCClientError where it is refused. */
export async function firstEvent(
  client: { readonly api: TRPCClient<AppRouter> },
  watched: Watched,
): Promise<WatchEvent> {
  using watching = new Watching(client, watched);
  return await watching.until(() => true);
}
