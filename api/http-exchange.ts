/**
 * One HTTP request and its answer, on the native connection that they came by.
 *
 * Nothing is written once the peer is gone, and nobody waits for a peer who is: uWS aborts the process on the first
 * and says nothing of the second.
 */
import { STATUS_CODES } from 'node:http';

/** What is used of uWS' HttpResponse. After an abort none of it may be called. */
export interface NativeResponse {
  onAborted(handler: () => void): unknown;
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  onWritable(handler: () => boolean): unknown;
  cork(write: () => void): unknown;
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: string): unknown;
  /** Whether everything went out; false when some of it waits for the peer. */
  write(chunk: Uint8Array | string): boolean;
  end(body: ArrayBuffer, closeConnection?: boolean): unknown;
  endWithoutBody(reportedLength?: number): unknown;
  close(): unknown;
}

/** Headers that speak of one connection; uWS writes its own. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade']);
/** Answers that have no body, and whose length is not told. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);
/**
 * What may be put between any two pieces of a stream without a change of its meaning. By the type that a stream begins
 * with: a comment line, which unlike an empty one doesn't end an event that is half out; a space between two lines.
 */
const FILLERS = { 'text/event-stream': ':\n', 'application/jsonl': ' ' } as const;

export class HttpExchange {
  readonly #response: NativeResponse;
  readonly #aborted = new AbortController();

  constructor(response: NativeResponse) {
    this.#response = response;
    response.onAborted(() => this.#aborted.abort());
  }

  /** Aborted when the peer is gone before it was answered. */
  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  /** Reads the body. To be called before anything is awaited; pending for ever when the peer goes before the end. */
  body(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | 'too_large'> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      this.#response.onData((chunk, isLast) => {
        bytes += chunk.byteLength;
        if (bytes > maxBytes) {
          chunks.length = 0;
          return resolve('too_large');
        }
        // uWS takes the buffer back after the call.
        chunks.push(Buffer.from(Buffer.from(chunk)));
        if (isLast) resolve(new Uint8Array(Buffer.concat(chunks)));
      });
    });
  }

  /** Sends the answer; one that is a stream as fast as the peer takes it. */
  async send(answer: Response, { method, last = false }: { method: string; last?: boolean }): Promise<void> {
    const filler = method === 'HEAD' ? null : fillerOf(answer);
    if (filler === null) await this.#sendWhole(answer, { isHead: method === 'HEAD', last });
    else await this.#sendStream(answer, filler);
  }

  /** Breaks the connection off. */
  cut(): void {
    if (!this.signal.aborted) this.#response.close();
  }

  async #sendWhole(answer: Response, { isHead, last }: { isHead: boolean; last: boolean }): Promise<void> {
    const body = await answer.arrayBuffer();
    if (this.signal.aborted) return;
    this.#response.cork(() => {
      this.#writeHead(answer);
      if (isHead) this.#response.endWithoutBody(body.byteLength);
      else if (BODILESS.has(answer.status)) this.#response.endWithoutBody();
      else this.#response.end(body, last);
    });
  }

  /** While the peer doesn't read, nothing more is taken from the stream. */
  async #sendStream(answer: Response, filler: string): Promise<void> {
    const reader = answer.body?.getReader();
    if (reader === undefined || this.signal.aborted) return;
    const response = this.#response;
    let goOn: (() => void) | null = null;
    this.signal.addEventListener('abort', () => {
      goOn?.();
      void reader.cancel().catch(() => undefined);
    });
    // A stream that fails or ends while the peer doesn't read must not wait for the peer.
    reader.closed.catch(() => undefined).finally(() => goOn?.());
    response.cork(() => this.#writeHead(answer));
    response.onWritable(() => {
      // uWS goes on only when something is written here, and wants to know whether it went out.
      const wentOut = response.write(filler);
      if (wentOut) goOn?.();
      return wentOut;
    });
    for (;;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (this.signal.aborted) return;
      if (done || value === undefined) break;
      let wentOut = true;
      response.cork(() => void (wentOut = response.write(value)));
      if (!wentOut) await new Promise<void>((resolve) => (goOn = resolve));
      if (this.signal.aborted) return;
    }
    response.cork(() => void response.end(new ArrayBuffer(0)));
  }

  #writeHead({ status, headers }: Response): void {
    this.#response.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Unknown'}`);
    for (const [name, value] of headers) if (!HOP_BY_HOP.has(name)) this.#response.writeHeader(name, value);
  }
}

function fillerOf({ headers, body }: Response): string | null {
  const type = headers.get('content-type') ?? '';
  const found = Object.entries(FILLERS).find(([stream]) => type.startsWith(stream));
  return body === null || found === undefined ? null : found[1];
}
