import type { RollcallClient } from '../sdk/client.ts';
import { Login } from '../sdk/login.ts';

/** So many log in at once: checking a password costs the server milliseconds of all its cores. */
const PARALLEL_LOGINS = 4;
const TRIES = 4;
const RETRY_MS = 1_000;

/** Where people log in, a few at a time. */
export class Entrance {
  readonly #client: RollcallClient;
  readonly #password: string;
  readonly #queue: (() => void)[] = [];
  #entering = 0;

  constructor(client: RollcallClient, password: string) {
    this.#client = client;
    this.#password = password;
  }

  /** Tries again what may succeed then. @throws TRPCClientError */
  async logIn(username: string): Promise<Login> {
    await this.#enter();
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await Login.open(this.#client, username, this.#password);
        } catch (error) {
          if (tries === TRIES || isFinal(error)) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS * tries));
        }
      }
    } finally {
      this.#entering -= 1;
      this.#queue.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    if (this.#entering >= PARALLEL_LOGINS) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#entering += 1;
  }
}

/** Whether the same name and password would be refused again. */
function isFinal(error: unknown): boolean {
  const { data } = error as { readonly data?: { readonly rollcall?: { readonly code?: string } } };
  return data?.rollcall?.code === 'UNAUTHENTICATED';
}
