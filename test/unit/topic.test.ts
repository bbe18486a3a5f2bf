import { describe, expect, test } from 'vitest';
import { type Sent, Topic } from '../../engine/topic.ts';
import { shown } from '../support/viewer.ts';

const WINDOW = 4096;
const moment = (asOf: number) => ({ asOf, monotonic: asOf });

function topicOf(members: readonly number[] = [1, 2, 3], tag = 'tag') {
  const values = new Map<number, number>();
  const topic = new Topic({
    tag,
    past: { floor: 10, offset: 10, changes: [] },
    members: new Set(members),
    tileJson: (id) => JSON.stringify({ id, value: values.get(id) ?? 0 }),
  });
  const change = (id: number, offset: number) => {
    values.set(id, offset);
    topic.mark(id, offset, true);
  };
  return { topic, change };
}

describe('G1: resume', () => {
  test('G1: inside the window it is exactly what was missed, each agent once and as it is now', () => {
    const { topic, change } = topicOf([1, 2, 3, 4]);
    const cursor = topic.snapshot(0).cursor;
    change(4, 11);
    topic.flush(11, moment(11));
    for (let offset = 12; offset <= 20; offset++) {
      change(offset % 2 === 0 ? 1 : 2, offset);
      topic.flush(offset, moment(offset));
    }
    const resumed = topic.resume(cursor, 99);
    expect(resumed?.cursor).toBe(topic.cursor);
    expect(resumed && shown(resumed)).toEqual({
      type: 'changes',
      after: cursor,
      asOf: 99,
      changes: expect.arrayContaining([
        { id: 1, value: 20 },
        { id: 2, value: 19 },
        { id: 4, value: 11 },
      ]) as unknown,
      removed: [],
    });
    expect(resumed?.json).not.toContain('"id":3');
  });

  test('G1: with nothing missed it is answered at once, and empty', () => {
    const { topic } = topicOf();
    const resumed = topic.resume(topic.cursor, 5);
    expect(resumed && shown(resumed)).toMatchObject({
      type: 'changes',
      after: topic.cursor,
      changes: [],
      removed: [],
    });
  });

  test(`G1: ${WINDOW} batches back is inside the window, one more is not`, () => {
    const { topic, change } = topicOf();
    const first = topic.cursor;
    let second = '';
    for (let batch = 1; batch <= WINDOW; batch++) {
      change(1, 10 + batch);
      topic.flush(10 + batch, moment(batch));
      if (batch === 1) second = topic.cursor;
    }
    expect(topic.resume(first, 0)).not.toBeNull();
    change(2, 9999);
    topic.flush(9999, moment(1));
    expect(topic.resume(first, 0)).toBeNull();
    expect(topic.resume(second, 0)).not.toBeNull();
  });

  test.each([
    '',
    '.',
    'tag',
    'x',
    '1',
    '-1.tag',
    '1.5.tag',
    ' a.tag',
    'A.tag',
    'zzzzzzzzzzz.tag',
    'zzzzzzzzzzzz.tag',
    'b.tag',
    '9.tag',
    'a.other',
    'a.',
    'a.TAG',
    '💥.tag',
  ])('G1: the cursor %j is none of this topic’s', (cursor) => {
    const { topic } = topicOf();
    expect(topic.cursor).toBe('a.tag');
    expect(topic.resume(cursor, 0)).toBeNull();
  });

  test('G1: each batch names the cursor that it follows', () => {
    const { topic, change } = topicOf();
    const heard: Sent[] = [];
    let held = topic.snapshot(0).cursor;
    using _listening = topic.listen((sent) => heard.push(sent));
    for (let offset = 11; offset < 40; offset += 3) {
      change(1, offset);
      topic.flush(offset, moment(offset));
    }
    for (const sent of heard) {
      expect(shown(sent)).toMatchObject({ after: held });
      held = sent.cursor;
    }
    expect(held).toBe(topic.cursor);
  });
});

describe('G2: batches', () => {
  test('G2: an agent who changed many times since the last batch is in the next one once', () => {
    const { topic, change } = topicOf();
    const heard: Sent[] = [];
    using _listening = topic.listen((sent) => heard.push(sent));
    for (const offset of [11, 12, 13]) change(1, offset);
    change(2, 14);
    topic.flush(14, moment(0));
    topic.flush(14, moment(0));
    expect(heard.map(shown)).toMatchObject([
      {
        changes: [
          { id: 1, value: 13 },
          { id: 2, value: 14 },
        ],
      },
    ]);
  });

  test('G2: all who listen are given the same text', () => {
    const { topic, change } = topicOf();
    const heard: Sent[] = [];
    using _one = topic.listen((sent) => heard.push(sent));
    using _other = topic.listen((sent) => heard.push(sent));
    change(1, 11);
    topic.flush(11, moment(0));
    expect(heard).toHaveLength(2);
    expect(heard[0]).toBe(heard[1]);
  });

  test('G1: who left the scope is removed, who came back is not, and of strangers nothing is said', () => {
    const { topic, change } = topicOf();
    const cursor = topic.cursor;
    topic.mark(1, 11, false);
    topic.mark(2, 11, false);
    change(2, 12);
    topic.mark(77, 12, false);
    topic.flush(12, moment(0));
    const resumed = topic.resume(cursor, 0);
    expect(resumed && shown(resumed)).toMatchObject({ changes: [{ id: 2 }], removed: [1] });
    expect(shown(topic.snapshot(0))).toMatchObject({ agents: [{ id: 2 }, { id: 3 }] });
  });
});
