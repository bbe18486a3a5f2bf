import { describe, expect, test } from 'vitest';
import { type Answer, AnswerMemory } from '../../engine/answers.ts';
import { tileOf } from '../../engine/tile.ts';
import { newcomer } from '../../engine/record.ts';
import { member } from '../support/engines.ts';

const done = (seq: number): Answer => ({ ok: true, seq, tile: null });
const command = (n: number) => ({ id: `c${n}`, session: 's1' });
const AGENT = 7;
const SESSION = { device: 'a device', address: '127.0.0.1', startedAt: 0, lostAt: null };

describe('B6: the memory of answers', () => {
  test('B6: the last 64 answers of a sender are remembered, the 65th but one is forgotten', () => {
    const memory = new AnswerMemory();
    for (let n = 1; n <= 64; n++) memory.remember(AGENT, command(n), done(n));
    expect(memory.recall(AGENT, command(1))).toEqual(done(1));
    memory.remember(AGENT, command(65), done(65));
    expect(memory.recall(AGENT, command(1))).toBeNull();
    expect(memory.recall(AGENT, command(2))).toEqual(done(2));
    expect(memory.recall(AGENT, command(65))).toEqual(done(65));
  });

  test('B6: sessions and users have memories of their own, and a session’s ends with it', () => {
    const memory = new AnswerMemory();
    memory.remember(AGENT, { id: 'c', session: 's1' }, done(1));
    memory.remember(AGENT, { id: 'c', session: 's2' }, done(2));
    memory.remember(AGENT, { id: 'c', user: 7 }, done(3));
    memory.forgetEnded(
      [
        { ...SESSION, id: 's1' },
        { ...SESSION, id: 's2' },
      ],
      [{ ...SESSION, id: 's2' }],
    );
    expect(memory.recall(AGENT, { id: 'c', session: 's1' })).toBeNull();
    expect(memory.recall(AGENT, { id: 'c', session: 's2' })).toEqual(done(2));
    expect(memory.recall(AGENT, { id: 'c', user: 7 })).toEqual(done(3));
    expect(memory.recall(AGENT, { id: 'd', user: 7 })).toBeNull();
  });

  test('B6: one id that a user sends to several agents is a command for each of them', () => {
    const memory = new AnswerMemory();
    memory.remember(AGENT, { id: 'c', user: 900 }, done(1));
    expect(memory.recall(AGENT + 1, { id: 'c', user: 900 })).toBeNull();
  });

  test('B6: only who sends without a session is told the tile again', () => {
    const memory = new AnswerMemory();
    const answer: Answer = { ok: true, seq: 1, tile: tileOf(newcomer(member(AGENT)), 'full') };
    memory.remember(AGENT, { id: 'c', session: 's1' }, answer);
    memory.remember(AGENT, { id: 'c', user: 7 }, answer);
    expect(memory.recall(AGENT, { id: 'c', session: 's1' })).toEqual(done(1));
    expect(memory.recall(AGENT, { id: 'c', user: 7 })).toEqual(answer);
  });
});
