import { describe, expect, test } from 'vitest';
import { type Answer, AnswerMemory } from '../../engine/answers.ts';
import { PastAnswers } from '../../engine/past-answers.ts';
import { tileOf } from '../../engine/tile.ts';
import type { Standing } from '../../engine/traces.ts';
import { type Image, ImageWriter, readImage } from '../../engine/snapshots/image.ts';
import { newcomer } from '../../engine/record.ts';
import { member } from '../support/engines.ts';

const done = (seq: number): Answer => ({ ok: true, seq, tile: null });
const given = (answer: Answer) => ({ answer, at: NOW });
const NOW = 1_767_600_000_000;
const agentOf = (id: number): Standing => ({
  member: { id },
  connectivity: 'connected',
  flapping: null,
  lastAt: NOW,
});
const command = (n: number) => ({ id: `c${n}`, session: 's1' });
const AGENT = 7;
const SESSION = { device: 'a device', address: '127.0.0.1', startedAt: 0, lostAt: null };

describe('B6: the memory of answers', () => {
  test('B6: the last 64 answers of a sender are remembered, the 65th but one is forgotten', () => {
    const memory = new AnswerMemory();
    for (let n = 1; n <= 64; n++) memory.remember(AGENT, command(n), given(done(n)));
    expect(memory.recall(agentOf(AGENT), command(1), NOW)).toEqual(done(1));
    memory.remember(AGENT, command(65), given(done(65)));
    expect(memory.recall(agentOf(AGENT), command(1), NOW)).toBeNull();
    expect(memory.recall(agentOf(AGENT), command(2), NOW)).toEqual(done(2));
    expect(memory.recall(agentOf(AGENT), command(65), NOW)).toEqual(done(65));
  });

  test('B6: sessions and users have memories of their own, and a session’s ends with it', () => {
    const memory = new AnswerMemory();
    memory.remember(AGENT, { id: 'c', session: 's1' }, given(done(1)));
    memory.remember(AGENT, { id: 'c', session: 's2' }, given(done(2)));
    memory.remember(AGENT, { id: 'c', user: 7 }, given(done(3)));
    memory.forgetEnded(
      [
        { ...SESSION, id: 's1' },
        { ...SESSION, id: 's2' },
      ],
      [{ ...SESSION, id: 's2' }],
    );
    expect(memory.recall(agentOf(AGENT), { id: 'c', session: 's1' }, NOW)).toBeNull();
    expect(memory.recall(agentOf(AGENT), { id: 'c', session: 's2' }, NOW)).toEqual(done(2));
    expect(memory.recall(agentOf(AGENT), { id: 'c', user: 7 }, NOW)).toEqual(done(3));
    expect(memory.recall(agentOf(AGENT), { id: 'd', user: 7 }, NOW)).toBeNull();
  });

  test('B6: one id that a user sends to several agents is a command for each of them', () => {
    const memory = new AnswerMemory();
    memory.remember(AGENT, { id: 'c', user: 900 }, given(done(1)));
    expect(memory.recall(agentOf(AGENT + 1), { id: 'c', user: 900 }, NOW)).toBeNull();
  });

  test('B6: only who sends without a session is told the tile again', () => {
    const memory = new AnswerMemory();
    const answer: Answer = { ok: true, seq: 1, tile: tileOf(newcomer(member(AGENT)), 'full') };
    memory.remember(AGENT, { id: 'c', session: 's1' }, given(answer));
    memory.remember(AGENT, { id: 'c', user: 7 }, given(answer));
    expect(memory.recall(agentOf(AGENT), { id: 'c', session: 's1' }, NOW)).toEqual(done(1));
    expect(memory.recall(agentOf(AGENT), { id: 'c', user: 7 }, NOW)).toEqual(answer);
  });

  test('B8: of an agent who is gone nobody is told again, ten minutes after the last answer', () => {
    const memory = new AnswerMemory();
    const gone: Standing = { ...agentOf(AGENT), connectivity: 'disconnected' };
    memory.remember(AGENT, command(1), given(done(1)));
    memory.remember(AGENT, { id: 'c', user: 7 }, given(done(2)));
    memory.remember(AGENT, { id: 'd', user: 7 }, { answer: done(3), at: NOW + 5_000 });
    const recall = (standing: Standing, at: number) =>
      memory.recall(standing, { id: 'c', user: 7 }, NOW + at);
    expect(recall(gone, 604_999)).toEqual(done(2));
    expect(recall(gone, 605_000)).toBeNull();
    // To whom something has happened since, or is about to; and who is here.
    expect(recall({ ...gone, lastAt: NOW + 6_000 }, 605_999)).toEqual(done(2));
    expect(recall({ ...gone, flapping: { since: NOW, until: NOW + 900_000 } }, 700_000)).toEqual(done(2));
    for (const connectivity of ['connected', 'reconnecting'] as const)
      expect(recall({ ...gone, connectivity }, 3_600_000)).toEqual(done(2));
    memory.fade(gone, NOW + 604_999);
    expect(memory.size).toBe(1);
    memory.fade(gone, NOW + 605_000);
    expect(memory.size).toBe(0);
    expect(recall(agentOf(AGENT), 605_000)).toBeNull();
    expect(memory.recall(gone, command(1), NOW + 3_600_000)).toEqual(done(1));
  });

  test('B8: an image that an earlier version took, without times, is as good as one of now', () => {
    const memory = new AnswerMemory();
    memory.remember(AGENT, { id: 'c', user: 7 }, given(done(2)));
    const writer = new ImageWriter({ epoch: 'e', offset: 1 });
    memory.save(writer, new PastAnswers(), []);
    const image = readImage(writer.taken());
    if (image === null) throw new TypeError('it was just taken');
    const earlier: Image = {
      ...image,
      block: (name, read) => name !== 'answers of users at' && image.block(name, read),
    };
    const gone: Standing = { ...agentOf(AGENT), connectivity: 'disconnected' };
    const lasts = (from: Image, ms: number) => {
      const loaded = new AnswerMemory();
      loaded.load(from, new PastAnswers(), NOW + 1_000);
      return loaded.recall(gone, { id: 'c', user: 7 }, NOW + ms) !== null;
    };
    expect([lasts(image, 599_999), lasts(image, 600_000)]).toEqual([true, false]);
    expect([lasts(earlier, 600_999), lasts(earlier, 601_000)]).toEqual([true, false]);
  });
});
