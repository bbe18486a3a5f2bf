import { describe, expect, test } from 'vitest';
import type { Answer } from '../../engine/answers.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { startTold } from '../support/told-journal.ts';

describe('B6: a command that is sent twice', () => {
  test('B6: gets its first answer again, and is done once', async () => {
    const { agent } = await startTold();
    const first = await agent.chooses('busy', { session: 's1', id: 'c1' });
    await agent.chooses('away', { session: 's1', id: 'c2' });
    expect(await agent.chooses('busy', { session: 's1', id: 'c1' })).toEqual(first);
    expect(agent.record).toMatchObject({ status: 'away', seq: 3 });
  });

  test('B6: also when it was refused', async () => {
    const { agent } = await startTold();
    const refused = await agent.chooses('wrap_up', { session: 's1', id: 'c1' });
    await agent.chooses('busy', { session: 's1' });
    expect(refused).toMatchObject({ ok: false, code: 'TRANSITION_NOT_ALLOWED' });
    expect(await agent.chooses('wrap_up', { session: 's1', id: 'c1' })).toEqual(refused);
  });

  test('B6: also when both come at once, and before anything is on disk', async () => {
    const { agent, clock, told } = await startTold();
    told.delayMs = 50;
    const both = Promise.all([1, 2].map(() => agent.chooses('busy', { session: 's1', id: 'c1' })));
    await clock.advance(200);
    expect(await both).toMatchObject([
      { ok: true, seq: 2 },
      { ok: true, seq: 2 },
    ]);
    expect(agent.record.seq).toBe(2);
  });

  test('B6: also after a restart, if it changed something; if not, it is judged afresh', async () => {
    const { agent, engine, journal, clock } = await startTold();
    const first = await agent.chooses('busy', { id: 'c1' });
    const same = await agent.chooses('busy', { id: 'c2' });
    expect([first, same]).toMatchObject([
      { ok: true, seq: 2 },
      { ok: true, seq: 2 },
    ]);
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    const again = new Deeds(next.engine, 1);
    await settle();
    expect(await again.chooses('busy', { id: 'c1' })).toEqual(first);
    expect(await again.chooses('busy', { id: 'c2' })).toMatchObject({ ok: true, seq: 3 });
  });

  test('B6: an answer that says nothing of the command is not remembered', async () => {
    const { agent, told } = await startTold();
    told.isFailing = true;
    expect(await agent.chooses('busy', { session: 's1', id: 'c1' })).toMatchObject({
      code: 'JOURNAL_FAILED',
    });
    told.isFailing = false;
    expect(await agent.chooses('busy', { session: 's1', id: 'c1' })).toMatchObject({ ok: true, seq: 2 });
  });

  test('B6: a supervisor’s one id for two agents is done for both', async () => {
    const { engine } = await startTold();
    const { engine: many } = await startEngine({
      members: Array.from({ length: 40 }, (_, at) => member(at + 1)),
    });
    await engine[Symbol.asyncDispose]();
    for (let id = 1; id <= 40; id++) {
      const one = new Deeds(many, id);
      await one.opens(`s${id}`);
      expect(await one.isForced('meeting', { id: 'all of you' })).toMatchObject({
        ok: true,
        seq: 2,
        tile: { id },
      });
    }
  });

  test('B6: more than 64 commands of one agent at once are OVERLOADED, those of others are not', async () => {
    const { agent, engine, told, clock } = await startTold();
    told.delayMs = 50;
    const other = new Deeds(engine, 2);
    const many = Array.from({ length: 67 }, () => agent.chooses('busy'));
    const others = other.opens('s2');
    await clock.advance(500);
    const answers = await Promise.all(many);
    expect(answers.findIndex(isOverloaded)).toBe(65);
    expect(answers.filter(isOverloaded)).toHaveLength(2);
    expect(await others).toMatchObject({ ok: true });
  });
});

describe('E1: supervisors', () => {
  test('E1: an override lasts until released, and the duty shows again', async () => {
    const { agent } = await startTold();
    await agent.chooses('busy');
    await agent.isForced('lunch');
    expect(agent.record).toMatchObject({ status: 'lunch', cause: 'override', dutyCode: 'busy' });
    await agent.isReleased();
    expect(agent.record).toMatchObject({ status: 'busy', cause: 'agent', override: 'none' });
    expect(await agent.isReleased()).toMatchObject({ code: 'CONFLICT' });
  });

  test('E1: the agent’s next permitted choice ends an override, a refused one does not', async () => {
    const { agent } = await startTold();
    await agent.isForced('lunch');
    expect(await agent.chooses('wrap_up')).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED' });
    expect(agent.record.status).toBe('lunch');
    await agent.chooses('away');
    expect(agent.record).toMatchObject({ status: 'away', override: 'none' });
  });

  test('E1: a hold refuses all choices but offline, and outlasts it', async () => {
    const { agent } = await startTold();
    await agent.isForced('meeting', { hold: true });
    for (const code of ['available', 'busy', 'meeting'])
      expect(await agent.chooses(code)).toMatchObject({
        code: 'TRANSITION_NOT_ALLOWED',
        allowed: ['offline'],
      });
    expect(await agent.chooses('offline', { id: 'c' })).toMatchObject({
      ok: true,
      tile: { status: 'offline', cause: 'agent', by: 1 },
    });
    await agent.opens('s2');
    expect(agent.record).toMatchObject({ status: 'meeting', override: 'held', dutyCode: 'available' });
    await agent.isReleased();
    expect(agent.record).toMatchObject({ status: 'available', override: 'none' });
  });

  test('E1: offline nobody can be forced; a forced log-out can’t be released, and shows its own reason', async () => {
    const { agent, engine } = await startTold();
    expect(await new Deeds(engine, 2).isForced('busy')).toMatchObject({ code: 'NOT_CONNECTED' });
    await agent.isForced('offline');
    expect(await agent.isReleased()).toMatchObject({ code: 'CONFLICT' });
    await agent.opens('s2');
    await agent.isForced('meeting', { hold: true });
    const answer = await engine.dispatch(1, {
      input: { type: 'force', status: 'offline', reason: 'go home', hold: false, by: 900 },
      command: { id: 'c', user: 900 },
    });
    expect(answer).toMatchObject({ ok: true, tile: { cause: 'override', reason: 'go home', held: true } });
  });

  test('E1: what can’t be a duty can’t be forced', async () => {
    const { agent } = await startTold();
    const answer = await agent.isForced('retired');
    expect(answer).toMatchObject({ code: 'UNKNOWN_STATUS' });
    expect(!answer.ok && answer.allowed).toContain('coaching');
  });
});

function isOverloaded(answer: Answer): boolean {
  return !answer.ok && answer.code === 'OVERLOADED';
}
