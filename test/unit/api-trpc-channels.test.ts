import { tracked, type TrackedEnvelope } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { appRouter } from '../../api/routers/app.ts';
import { Broadcast } from '../../api/trpc/broadcast.ts';
import { Channels } from '../../api/trpc/channels.ts';
import { Frames } from '../../api/trpc/frames.ts';
import { Serialised } from '../../api/trpc/serialised.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeSocket } from '../support/fake-socket.ts';

const frames = new Frames(appRouter);

const allowed = (): Disposable => ({ [Symbol.dispose]: () => undefined });

/** A topic that says what it is told to say. */
class Mouth {
  readonly ears = new Set<(event: TrackedEnvelope<unknown>) => void>();
  readonly broadcast: Broadcast<unknown>;
  #newest = '0';

  constructor(name: string) {
    const none = (async function* (): AsyncGenerator<TrackedEnvelope<unknown>> {})();
    const listen = (hear: (event: TrackedEnvelope<unknown>) => void): Disposable => {
      this.ears.add(hear);
      return { [Symbol.dispose]: () => void this.ears.delete(hear) };
    };
    this.broadcast = new Broadcast({ name, newest: () => this.#newest, listen, guard: allowed }, none);
  }

  say(id: string): void {
    this.#newest = id;
    for (const ear of this.ears) ear(tracked(id, new Serialised(`{"said":${JSON.stringify(id)}}`)));
  }
}

function make() {
  const published: [channel: string, text: string][] = [];
  const clock = new FakeClock();
  const channels = new Channels((channel, text) => void published.push([channel, text]), clock);
  return { channels, published, clock };
}

describe('G2: channels', () => {
  test('G2: an event is written once for all who watch a topic under one request id', () => {
    const { channels, published } = make();
    const topic = new Mouth('topic');
    const sockets = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
    for (const socket of sockets) channels.join(topic.broadcast, { id: 1, socket, frames });
    const other = new FakeSocket();
    channels.join(topic.broadcast, { id: '1', socket: other, frames });
    topic.say('a');
    expect(published.map(([channel, text]) => [channel, JSON.parse(text) as unknown])).toEqual(
      [1, '1'].map((id) => [
        `topic|${JSON.stringify(id)}`,
        { id, result: { type: 'data', id: 'a', data: { json: { id: 'a', data: { said: 'a' } } } } },
      ]),
    );
    for (const socket of sockets) expect([...socket.channels]).toEqual(['topic|1']);
    expect([...other.channels]).toEqual(['topic|"1"']);
  });

  test('G4: topics and request ids never meet, whatever they are named', () => {
    const { channels, published } = make();
    const [a, b] = [new Mouth('a'), new Mouth('b')];
    const socket = new FakeSocket();
    for (const topic of [a, b]) channels.join(topic.broadcast, { id: 'x"|y', socket, frames });
    a.say('1');
    expect(published).toHaveLength(1);
    expect(socket.channels.size).toBe(2);
  });

  test('a topic is heard from the first who joins until the last has left', () => {
    const { channels, published } = make();
    const topic = new Mouth('topic');
    const [one, two] = [new FakeSocket(), new FakeSocket()];
    const first = channels.join(topic.broadcast, { id: 1, socket: one, frames });
    const second = channels.join(topic.broadcast, { id: 1, socket: two, frames });
    expect(topic.ears.size).toBe(1);
    first[Symbol.dispose]();
    expect([one.channels.size, two.channels.size, topic.ears.size]).toEqual([0, 1, 1]);
    second[Symbol.dispose]();
    expect(topic.ears.size).toBe(0);
    topic.say('a');
    expect(published).toEqual([]);
    channels.join(topic.broadcast, { id: 1, socket: one, frames });
    topic.say('b');
    expect(published).toHaveLength(1);
    channels[Symbol.dispose]();
    expect(topic.ears.size).toBe(0);
  });

  test('G3: a socket that falls far behind is asked to come back; the others go on', async () => {
    const { channels, clock } = make();
    const topic = new Mouth('topic');
    const [slow, quick] = [new FakeSocket(), new FakeSocket()];
    for (const socket of [slow, quick]) channels.join(topic.broadcast, { id: 1, socket, frames });
    slow.waiting = 4 << 20;
    await clock.advance(1_000);
    expect(slow.closedWith).toBeNull();
    slow.waiting += 1;
    await clock.advance(1_000);
    expect(slow.closedWith).toMatchObject({ code: 1013 });
    expect(quick.closedWith).toBeNull();
  });
});
