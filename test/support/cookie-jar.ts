/** Cookies as a browser keeps them, as far as log-in needs it. */

export interface Cookie {
  readonly value: string;
  /** What stands behind the value, in lower case: `httponly`, `path=/trpc`. */
  readonly attributes: readonly string[];
}

/** Calls procedures by hand, keeps the cookies that it is given, and sends them back. */
export class Browser {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cookies = new Map<string, Cookie>();

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  cookie(name: string): Cookie | null {
    return this.#cookies.get(name) ?? null;
  }

  /** Takes another's cookies for its own. */
  takeFrom(other: Browser): void {
    for (const [name, cookie] of other.#cookies) this.#cookies.set(name, cookie);
  }

  async mutate(path: string, input: object, more: Readonly<Record<string, string>> = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.#url}/trpc/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(cookie !== '' && { cookie }),
        ...this.#headers,
        ...more,
      },
      body: JSON.stringify({ json: input }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const cookie = {
      value: pair.slice(at + 1),
      attributes: attributes.map((attribute) => attribute.toLowerCase()),
    };
    if (cookie.attributes.includes('max-age=0')) this.#cookies.delete(name);
    else this.#cookies.set(name, cookie);
  }
}
