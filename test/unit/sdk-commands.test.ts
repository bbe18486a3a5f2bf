import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CommandQueue, CommandRefused } from '../../clients/sdk/commands.ts';

interface Sent {
  readonly op: string;
  readonly id: string;
}

function make(): { queue: CommandQueue; sent: Sent[] } {
  const sent: Sent[] = [];
  return { queue: new CommandQueue((frame) => sent.push(JSON.parse(frame) as Sent)), sent };
}

const idsOf = (sent: readonly Sent[]) => sent.map(({ id }) => id);
const refusal = (code: string) => expect.objectContaining({ name: 'CommandRefused', code }) as unknown;

describe('commands', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('B6: are sent one at a time, in order, once there is a session', async () => {
    const { queue, sent } = make();
    const first = queue.push('1', { op: 'status', status: 'busy' });
    const second = queue.push('2', { op: 'bye' });
    expect(sent).toEqual([]);
    queue.open();
    expect(sent).toEqual([{ op: 'status', status: 'busy', id: '1' }]);
    queue.answered({ op: 'ok', id: '1', seq: 7 });
    expect(await first).toBe(7);
    expect(idsOf(sent)).toEqual(['1', '2']);
    queue.answered({ op: 'no', id: '2', code: 'CONFLICT', message: 'no', allowed: ['busy'] });
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT', message: 'no', allowed: ['busy'] });
    await expect(second).rejects.toBeInstanceOf(CommandRefused);
  });

  test('B6: unanswered when the connection breaks are sent again under the same id', async () => {
    const { queue, sent } = make();
    const first = queue.push('1', { op: 'status', status: 'busy' });
    queue.open();
    queue.pause();
    void queue.push('2', { op: 'work', current: 1, max: 2 });
    expect(idsOf(sent)).toEqual(['1']);
    queue.open();
    expect(idsOf(sent)).toEqual(['1', '1']);
    queue.answered({ op: 'ok', id: '1', seq: 2 });
    expect(await first).toBe(2);
    expect(idsOf(sent)).toEqual(['1', '1', '2']);
  });

  test('answered twice, or never asked, change nothing', async () => {
    const { queue, sent } = make();
    const first = queue.push('1', { op: 'status', status: 'busy' });
    void queue.push('2', { op: 'status', status: 'away' });
    queue.open();
    queue.answered({ op: 'ok', id: 'of another life', seq: 1 });
    queue.answered({ op: 'ok', id: '2', seq: 1 });
    queue.answered({ op: 'ok', id: '1', seq: 3 });
    queue.answered({ op: 'ok', id: '1', seq: 4 });
    expect(await first).toBe(3);
    expect(idsOf(sent)).toEqual(['1', '2']);
  });

  test('of a session that was lost are given up, but for those that outlive it', async () => {
    const { queue, sent } = make();
    const sentOne = queue.push('1', { op: 'status', status: 'busy' });
    const waiting = queue.push('2', { op: 'work', current: 1, max: 2 });
    const bye = queue.push('3', { op: 'bye' }, { outlivesSession: true });
    queue.open();
    queue.pause();
    queue.abandon('the session was lost');
    await expect(sentOne).rejects.toEqual(refusal('SESSION_LOST'));
    await expect(waiting).rejects.toEqual(refusal('SESSION_LOST'));
    queue.open();
    expect(idsOf(sent)).toEqual(['1', '3']);
    queue.answered({ op: 'ok', id: '3', seq: 9 });
    expect(await bye).toBe(9);
  });

  test('after the end are refused, all of them and at once', async () => {
    const { queue, sent } = make();
    const before = queue.push('1', { op: 'bye' }, { outlivesSession: true });
    queue.close('stopped');
    queue.close('stopped twice');
    await expect(before).rejects.toEqual(refusal('SESSION_LOST'));
    await expect(queue.push('2', { op: 'bye' })).rejects.toMatchObject({ message: 'stopped' });
    queue.open();
    expect(sent).toEqual([]);
  });

  test('keep to the rate that the server allows, and lose nothing by it', async () => {
    const { queue, sent } = make();
    queue.open();
    const pushed = Array.from({ length: 100 }, (_, number) =>
      queue.push(String(number), { op: 'work', current: number, max: 100 }),
    );
    /** Every command is answered as soon as it is sent. */
    const answerAll = () => {
      for (let answered = 0; answered < sent.length; answered++)
        queue.answered({ op: 'ok', id: sent[answered]?.id ?? '', seq: answered });
    };
    answerAll();
    expect(sent.length).toBeLessThanOrEqual(30);
    for (let second = 1; second <= 5; second++) {
      const before = sent.length;
      for (let step = 0; step < 100; step++) {
        vi.advanceTimersByTime(10);
        answerAll();
      }
      expect(sent.length - before).toBeLessThan(20);
    }
    await Promise.all(pushed);
    expect(idsOf(sent)).toEqual(Array.from({ length: 100 }, (_, number) => String(number)));
  });

  test('held back by the rate go out at once on a new connection, once', () => {
    const { queue, sent } = make();
    queue.open();
    for (let number = 0; number < 40; number++) void queue.push(String(number), { op: 'bye' });
    for (let answered = 0; answered < sent.length; answered++)
      queue.answered({ op: 'ok', id: String(answered), seq: 1 });
    const held = sent.length;
    queue.pause();
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(held);
    queue.open();
    expect(idsOf(sent.slice(held))).toEqual([String(held)]);
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(held + 1);
  });
});
