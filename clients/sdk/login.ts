import type { LoginSession } from '../../api/contract/auth.ts';
import type { RollcallClient } from './client.ts';

/** A token is renewed when it holds for less than this. */
const RENEW_MS = 60_000;

/** A log-in session of a client without a cookie jar: keeps an access token that holds. */
export class Login {
  readonly #client: RollcallClient;
  #session: LoginSession;
  #renewing: Promise<void> | null = null;

  private constructor(client: RollcallClient, session: LoginSession) {
    this.#client = client;
    this.#session = session;
  }

  static async open(client: RollcallClient, username: string, password: string): Promise<Login> {
    return new Login(client, await client.api.auth.login.mutate({ username, password, client: 'native' }));
  }

  get user(): LoginSession['user'] {
    return this.#session.user;
  }

  /**
   * An access token that holds now; renewed where it is needed, or where the server refused the last one (`fresh`).
   * @throws TRPCClientError when the log-in session has ended, or the server can't be reached.
   */
  async token({ fresh = false }: { readonly fresh?: boolean } = {}): Promise<string> {
    if (fresh || this.#session.expiresAt - Date.now() < RENEW_MS) {
      this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
      await this.#renewing;
    }
    return this.#session.token;
  }

  async #renew(): Promise<void> {
    const { refreshToken } = this.#session;
    // Where the answer is lost, the token at hand still goes on.
    this.#session = await this.#client.api.auth.refresh.mutate({ ...(refreshToken && { refreshToken }) });
  }
}
