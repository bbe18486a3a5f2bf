import { describe, expect, test } from 'vitest';
import { AnswerMemory, type Kept } from '../../engine/answers.ts';
import { ByteWriter } from '../../engine/bytes.ts';
import { PastAnswers } from '../../engine/past-answers.ts';
import { ImageWriter } from '../../engine/snapshots/image.ts';
import type { Standing } from '../../engine/traces.ts';
import { reread } from '../support/images.ts';

const PLACE = 3;
const NOW = 1_767_600_000_000;
const AGENT: Standing = {
  member: { id: 42 },
  connectivity: 'connected',
  flapping: null,
  lastAt: NOW,
};
const SESSIONS = [sessionOf('s1'), sessionOf('s2')];

function sessionOf(id: string) {
  return { id, device: 'a device', address: '127.0.0.1', startedAt: 0, lostAt: null };
}

/** As a frame has it: somewhere among other bytes. */
function add(past: PastAnswers, place: number, { session = 's1', id = 'c', kept = 1 as Kept }): void {
  const writer = new ByteWriter();
  writer.text('what stands before');
  const at = writer.length;
  writer.text(session);
  const idAt = writer.length;
  writer.text(id);
  past.add(place, { texts: writer.readerAt(0), session: at, id: idAt, kept });
}

const idsOf = (past: PastAnswers, place = PLACE) => past.of(place).map(({ command }) => command.id);
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `c${from + index}`);

describe('B6: answers that a start has read', () => {
  test('B6: come back in their order, each to its agent, whatever the texts are', () => {
    const past = new PastAnswers();
    const ids = ['c1', '', 'Zoë 🦊', 'x'.repeat(127), 'y'.repeat(128), 'z'.repeat(20_000)];
    for (const [index, id] of ids.entries()) {
      add(past, PLACE, { session: 's'.repeat(index * 50), id, kept: index });
      add(past, 0, { id: `of another ${index}` });
    }
    expect(past.of(PLACE)).toEqual(
      ids.map((id, index) => ({ command: { id, session: 's'.repeat(index * 50) }, kept: index })),
    );
    expect(idsOf(past, 0)).toHaveLength(ids.length);
    expect([past.has(1), past.of(1), past.has(1000), past.of(1000)]).toEqual([false, [], false, []]);
  });

  test('B6: are the last 64 of each session', () => {
    const past = new PastAnswers();
    for (let n = 1; n <= 100; n++) {
      add(past, PLACE, { session: 's1', id: `c${n}` });
      if (n % 2 === 0) add(past, PLACE, { session: 's2', id: `d${n}` });
    }
    expect(idsOf(past).filter((id) => id.startsWith('c'))).toEqual(numbered(37, 100));
    expect(idsOf(past).filter((id) => id.startsWith('d'))).toHaveLength(50);
  });

  test('B6: however many are read, those that are remembered no more take no room for long', () => {
    const past = new PastAnswers();
    for (let n = 1; n <= 200_000; n++) add(past, PLACE, { id: `c${n}`, kept: n });
    add(past, 0, { id: 'of another' });
    expect(past.size).toBeLessThan(70_000);
    expect(idsOf(past)).toEqual(numbered(200_000 - 63, 200_000));
    expect(idsOf(past, 0)).toEqual(['of another']);
    past.forget(PLACE);
    past.forget(PLACE);
    expect([past.has(PLACE), idsOf(past, 0)]).toEqual([false, ['of another']]);
    past.forget(0);
    expect(past.size).toBe(0);
  });

  test('B6: are remembered from when the agent sends something, of the sessions that live', () => {
    const [past, memory] = [new PastAnswers(), new AnswerMemory()];
    add(past, PLACE, { id: 'c1', kept: 5 });
    add(past, PLACE, { id: 'c2', kept: { ok: true, seq: 6, tile: null, sent: { id: 'm', recipients: 1 } } });
    add(past, PLACE, { session: 'over', id: 'c3', kept: 7 });
    expect(memory.recall(AGENT, { id: 'c1', session: 's1' }, NOW)).toBeNull();
    memory.recollect(past, { place: PLACE, sessions: SESSIONS });
    expect(memory.recall(AGENT, { id: 'c1', session: 's1' }, NOW)).toEqual({ ok: true, seq: 5, tile: null });
    expect(memory.recall(AGENT, { id: 'c2', session: 's1' }, NOW)).toMatchObject({ sent: { id: 'm' } });
    expect(memory.recall(AGENT, { id: 'c3', session: 'over' }, NOW)).toBeNull();
    expect([past.has(PLACE), past.size]).toEqual([false, 0]);
    add(past, PLACE, { id: 'c4' });
    expect(idsOf(past)).toEqual(['c4']);
  });

  test('B6, F4: go into an image before what came after them, of the sessions that live, and come out of it', () => {
    const [past, memory] = [new PastAnswers(), new AnswerMemory()];
    for (let n = 1; n <= 40; n++) add(past, PLACE, { id: `c${n}`, kept: n });
    add(past, PLACE, { session: 'over', id: 'c0' });
    memory.remember(42, { id: 'd1', session: 's2' }, { answer: { ok: true, seq: 41, tile: null }, at: NOW });
    memory.remember(42, { id: 'e1', user: 9 }, { answer: { ok: true, seq: 42, tile: null }, at: NOW });
    const [readPast, read] = [new PastAnswers(), new AnswerMemory()];
    const image = new ImageWriter({ epoch: 'e', offset: 1 });
    memory.save(image, past, [
      { place: 0, sessions: [] },
      { place: PLACE, sessions: SESSIONS },
    ]);
    read.load(reread(image), readPast, NOW);
    expect(idsOf(readPast, 0)).toEqual([]);
    expect(idsOf(readPast, 1)).toEqual([...numbered(1, 40), 'd1']);
    expect(read.recall(AGENT, { id: 'e1', user: 9 }, NOW)).toEqual({ ok: true, seq: 42, tile: null });
  });

  test('B6, F4: are read from an image of an earlier version, which went by session', () => {
    const image = new ImageWriter({ epoch: 'e', offset: 1 });
    image.block('answers of sessions', (writer) => {
      writer.count(1);
      writer.text('s1');
      writer.count(1);
      writer.text('c1');
      writer.count(8);
    });
    const [past, memory] = [new PastAnswers(), new AnswerMemory()];
    memory.load(reread(image), past, NOW);
    expect(memory.recall(AGENT, { id: 'c1', session: 's1' }, NOW)).toEqual({ ok: true, seq: 7, tile: null });
  });
});
