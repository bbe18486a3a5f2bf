import type { NativeResponse } from '../../api/http-exchange.ts';

/**
 * uWS' side of an HTTP exchange, for what no real network does on demand: a peer that doesn't read, or goes at a chosen
 * moment. As uWS it doesn't forgive: whatever is called after the end or an abort is noted as a crime.
 */
export class FakeResponse implements NativeResponse {
  readonly written: string[] = [];
  readonly headers: (readonly [string, string])[] = [];
  readonly crimes: string[] = [];
  status = '';
  reportedLength: number | undefined;
  isLast = false;
  isOver = false;
  /** While it is false, what is written waits. */
  takes = true;
  #aborted: () => void = () => undefined;
  #data: (chunk: ArrayBuffer, isLast: boolean) => void = () => undefined;
  #writable: () => boolean = () => true;

  get text(): string {
    return this.written.join('');
  }

  onAborted(handler: () => void): void {
    this.#aborted = handler;
  }

  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.#data = handler;
  }

  onWritable(handler: () => boolean): void {
    this.#writable = handler;
  }

  cork(write: () => void): void {
    this.#check('cork');
    write();
  }

  writeStatus(status: string): void {
    this.#check('writeStatus');
    this.status = status;
  }

  writeHeader(name: string, value: string): void {
    this.#check('writeHeader');
    this.headers.push([name, value]);
  }

  write(chunk: Uint8Array | string): boolean {
    this.#check('write');
    this.written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    return this.takes;
  }

  end(body: ArrayBuffer, closeConnection = false): void {
    this.#check('end');
    if (body.byteLength > 0) this.written.push(Buffer.from(body).toString());
    this.isLast = closeConnection;
    this.isOver = true;
  }

  endWithoutBody(reportedLength?: number): void {
    this.#check('endWithoutBody');
    this.reportedLength = reportedLength;
    this.isOver = true;
  }

  close(): void {
    this.#check('close');
    this.abort();
  }

  /** A piece of the body arrives; the buffer is taken back after the call, as uWS does it. */
  receive(text: string, isLast = false): void {
    const bytes = new TextEncoder().encode(text);
    this.#data(bytes.buffer, isLast);
    bytes.fill(0);
  }

  /** The peer reads again. */
  drain(): void {
    this.takes = true;
    this.#writable();
  }

  /** The peer is gone. */
  abort(): void {
    this.isOver = true;
    this.#aborted();
  }

  #check(call: string): void {
    if (this.isOver) this.crimes.push(`${call} after the end`);
  }
}
