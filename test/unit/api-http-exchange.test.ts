import { describe, expect, test } from 'vitest';
import { HttpExchange } from '../../api/http-exchange.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeResponse } from '../support/fake-response.ts';

function make(): { response: FakeResponse; exchange: HttpExchange } {
  const response = new FakeResponse();
  return { response, exchange: new HttpExchange(response) };
}

/** An answer that goes on for as long as pieces are put into it. */
function streamed(type = 'text/event-stream'): {
  answer: Response;
  put(piece: string): void;
  end(): void;
  fail(error: Error): void;
  readonly wasCancelled: () => boolean;
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: () => void (cancelled = true),
  });
  return {
    answer: new Response(body, { headers: { 'content-type': type } }),
    put: (piece) => controller?.enqueue(new TextEncoder().encode(piece)),
    end: () => controller?.close(),
    fail: (error) => controller?.error(error),
    wasCancelled: () => cancelled,
  };
}

describe('a body', () => {
  test('comes in pieces, whose buffers are taken back', async () => {
    const { response, exchange } = make();
    const body = exchange.body(100);
    response.receive('{"a":');
    response.receive('1');
    response.receive('}', true);
    const read = await body;
    expect(read === 'too_large' ? read : Buffer.from(read).toString()).toBe('{"a":1}');
  });

  test('may be empty', async () => {
    const { response, exchange } = make();
    const body = exchange.body(100);
    response.receive('', true);
    expect(await body).toHaveLength(0);
  });

  test('that is larger than allowed is not kept, however much still comes', async () => {
    const { response, exchange } = make();
    const body = exchange.body(10);
    response.receive('0123456789');
    response.receive('x');
    response.receive('y'.repeat(1000));
    response.receive('z', true);
    expect(await body).toBe('too_large');
    await exchange.send(new Response('no'), { method: 'POST', last: true });
    expect(response).toMatchObject({ text: 'no', isLast: true, crimes: [] });
  });
});

describe('an answer', () => {
  test('is sent whole, without headers that speak of one connection', async () => {
    const { response, exchange } = make();
    const headers = new Headers({
      'content-type': 'text/plain',
      connection: 'close',
      'content-length': '99',
    });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    await exchange.send(new Response('hello', { status: 404, headers }), { method: 'GET' });
    expect(response).toMatchObject({ status: '404 Not Found', text: 'hello', isOver: true, isLast: false });
    expect(response.headers).toEqual([
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
  });

  test('to a HEAD has a length and no body', async () => {
    const { response, exchange } = make();
    await exchange.send(new Response('hello'), { method: 'HEAD' });
    expect(response).toMatchObject({ text: '', reportedLength: 5, isOver: true });
  });

  test.each([204, 304])('of status %i has neither', async (status) => {
    const { response, exchange } = make();
    await exchange.send(new Response(null, { status }), { method: 'GET' });
    expect(response).toMatchObject({ text: '', reportedLength: undefined, isOver: true });
  });

  test('to somebody who is gone is not sent', async () => {
    const { response, exchange } = make();
    response.abort();
    await exchange.send(new Response('hello'), { method: 'GET' });
    exchange.cut();
    expect(response).toMatchObject({ written: [], crimes: [] });
    expect(exchange.signal.aborted).toBe(true);
  });

  test('whose reader goes while it is being made is not sent', async () => {
    const { response, exchange } = make();
    const sending = exchange.send(new Response('hello'), { method: 'GET' });
    response.abort();
    await sending;
    expect(response).toMatchObject({ written: [], crimes: [] });
  });
});

describe('a stream', () => {
  test('is passed on piece by piece, and ends when it ends', async () => {
    const { response, exchange } = make();
    const { answer, put, end } = streamed();
    const sending = exchange.send(answer, { method: 'GET' });
    put('data: 1\n');
    await settle();
    expect(response.text).toBe('data: 1\n');
    put('\n\n');
    end();
    await sending;
    expect(response).toMatchObject({ text: 'data: 1\n\n\n', isOver: true, crimes: [] });
  });

  test('G3: takes nothing more while the peer does not read', async () => {
    const { response, exchange } = make();
    const { answer, put, end } = streamed();
    const sending = exchange.send(answer, { method: 'GET' });
    response.takes = false;
    put('data: 1\n');
    await settle();
    put('id: 1\n');
    put('\n\n');
    await settle();
    expect(response.text).toBe('data: 1\n');
    response.drain();
    await settle();
    end();
    await sending;
    // What uWS wants written is a comment, which is no part of the event around it: its id stays its own.
    expect(response.text).toBe('data: 1\n:\nid: 1\n\n\n');
    expect(response.crimes).toEqual([]);
  });

  test('of JSON lines is filled up with a space between two lines', async () => {
    const { response, exchange } = make();
    const { answer, put, end } = streamed('application/jsonl');
    const sending = exchange.send(answer, { method: 'GET' });
    response.takes = false;
    put('{"a":1}\n');
    await settle();
    put('{"b":2}\n');
    response.drain();
    end();
    await sending;
    expect(
      response.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('is given up when the peer goes, also one that has stopped reading', async () => {
    for (const takes of [true, false]) {
      const { response, exchange } = make();
      const { answer, put, wasCancelled } = streamed();
      const sending = exchange.send(answer, { method: 'GET' });
      response.takes = takes;
      put('data: 1\n');
      await settle();
      put('data: 2\n');
      response.abort();
      await sending;
      expect(wasCancelled()).toBe(true);
      expect(response.crimes).toEqual([]);
    }
  });

  test('that fails breaks the connection off, also under a peer that has stopped reading', async () => {
    for (const takes of [true, false]) {
      const { response, exchange } = make();
      const { answer, put, fail } = streamed();
      const sending = exchange.send(answer, { method: 'GET' });
      response.takes = takes;
      put('data: 1\n');
      await settle();
      fail(new Error('too slow'));
      await expect(sending).rejects.toThrow('too slow');
      exchange.cut();
      expect(response).toMatchObject({ isOver: true, crimes: [] });
    }
  });
});
