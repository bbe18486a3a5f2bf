import { WebSocket } from 'ws';
import { createRollcallClient, type RollcallClient } from '../../sdk/client.ts';
import { Login } from '../../sdk/login.ts';

export interface Credentials {
  /** Of the server, or of a proxy before it: `http://host:port`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Somebody with an account, logged in, with the client that a program would use. */
export class Person implements Disposable {
  readonly login: Login;
  readonly #client: RollcallClient;

  private constructor(client: RollcallClient, login: Login) {
    this.#client = client;
    this.login = login;
  }

  /** @throws TRPCClientError */
  static async logIn({ url, username, password }: Credentials): Promise<Person> {
    let login: Login | null = null;
    const token = async () => (await login?.token()) ?? null;
    const client = createRollcallClient({ url, token, WebSocket });
    login = await Login.open(client, username, password);
    return new Person(client, login);
  }

  get id(): number {
    return this.login.user.id;
  }

  get api(): RollcallClient['api'] {
    return this.#client.api;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
