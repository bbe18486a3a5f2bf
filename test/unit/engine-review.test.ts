import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { changed, startUnder, withConfig } from '../support/live-law.ts';

describe('A8: a law that changes', () => {
  test('A6: shows whether work may be routed, with an event of its own, and leaves the rest as it was', async () => {
    const { agent, engine, enact } = await startUnder();
    await agent.opens('s1');
    const before = agent.record;
    const heard: unknown[] = [];
    using _ = engine.listen(1, ({ event }) => void heard.push(event));
    await enact(changed('available', { routable: false }));
    expect(agent.record).toEqual({
      ...before,
      routable: false,
      seq: before.seq + 1,
      lastAt: before.lastAt,
    });
    expect(heard).toMatchObject([{ type: 'law_applied', set: { routable: false } }]);
    await enact(LAW);
    expect(agent.record).toMatchObject({ routable: true, seq: before.seq + 2 });
  });

  test('B4: journals nothing where nothing changes', async () => {
    const { agent, enact } = await startUnder();
    await agent.opens('s1');
    const before = agent.record;
    await enact(changed('busy', { label: 'Occupied', colour: '#000000' }));
    expect(agent.record).toEqual(before);
  });

  test('D1: a shorter idle limit counts from the activity that was seen', async () => {
    const { agent, clock, enact } = await startUnder();
    await agent.opens('s1');
    await clock.advance(100_000);
    await enact(withConfig({ MAX_AGENT_IDLE_TIME: 30 }));
    await clock.advance(2_000);
    expect(agent.record).toMatchObject({ status: 'away', cause: 'idle' });
  });

  test('D1: a longer idle limit gives those who are about to go idle more time', async () => {
    const { agent, clock, enact } = await startUnder();
    await agent.opens('s1');
    await clock.advance(290_000);
    await enact(changed('available', { idleLimit: { seconds: 600 } }));
    await clock.advance(300_000);
    expect(agent.record).toMatchObject({ status: 'available', activity: 'active' });
    await clock.advance(11_000);
    expect(agent.record).toMatchObject({ status: 'away', activity: 'idle' });
  });

  test('A4: a status that has no idle limit any more shows as itself', async () => {
    const { agent, clock, enact } = await startUnder();
    await agent.opens('s1');
    await clock.advance(301_000);
    expect(agent.record.status).toBe('away');
    await enact(changed('available', { idleLimit: 'never' }));
    expect(agent.record).toMatchObject({ status: 'available', since: clock.now(), routable: true });
  });

  test('B9: agents keep a status that was archived, and nobody chooses or is forced into it any more', async () => {
    const { agent, engine, enact } = await startUnder();
    const other = new Deeds(engine, 2);
    await agent.opens('s1');
    await other.opens('s2');
    await agent.chooses('lunch');
    const before = agent.record;
    await enact(changed('lunch', { archived: true }));
    expect(agent.record).toEqual(before);
    const unknown = { ok: false, code: 'UNKNOWN_STATUS' };
    expect(await other.chooses('lunch')).toMatchObject(unknown);
    expect(await other.isForced('lunch')).toMatchObject(unknown);
    expect(await agent.chooses('available')).toMatchObject({ ok: true });
  });

  test('B9: history stays: after a restart under another law the records are the same', async () => {
    const journal = new MemoryJournal();
    const { agent, engine, enact, clock } = await startUnder(LAW, { journal });
    await agent.opens('s1');
    await agent.chooses('lunch', { reason: 'hungry' });
    const other = new Deeds(engine, 2);
    await other.opens('s2');
    await other.saysBye('s2');
    await enact(changed('lunch', { archived: true, routable: true, maxSeconds: 1 }));
    const before = [agent.record, other.record];
    await engine[Symbol.asyncDispose]();
    const law = changed('lunch', { archived: true, label: 'Dinner' });
    const next = await startEngine({ journal, clock, catalogue: () => law.catalogue });
    await settle();
    const {
      connectivity: _,
      seq,
      lastAt: _at,
      sessions: _sessions,
      graceUntil: _grace,
      platformUntil: _platform,
      ...kept
    } = before[0]!;
    expect(new Deeds(next.engine, 1).record).toMatchObject({ ...kept, seq: seq + 1 });
    expect(new Deeds(next.engine, 2).record).toEqual(before[1]);
  });

  test('J1: touches no other organisation', async () => {
    const { agent, enact } = await startUnder(LAW, {
      members: [member(1), member(2, { organisationId: 2 })],
    });
    await agent.opens('s1');
    await enact(changed('available', { routable: false }), 2);
    expect(agent.record.routable).toBe(true);
  });

  test('is told before it is applied, and to nobody who stopped listening', async () => {
    const { agent, engine, enact } = await startUnder();
    await agent.opens('s1');
    const heard: unknown[] = [];
    const hearing = engine.listenToLaws((organisationId) =>
      heard.push([organisationId, agent.record.routable]),
    );
    await enact(changed('available', { routable: false }));
    hearing[Symbol.dispose]();
    await enact(LAW);
    expect(heard).toEqual([[1, true]]);
  });

  test('F5: rejects when it could not be written down, and holds once it is repeated', async () => {
    let fails = false;
    const { agent, enact } = await startUnder(LAW, { journal: new MemoryJournal({ fails: () => fails }) });
    await agent.opens('s1');
    fails = true;
    const law = changed('available', { routable: false });
    await expect(enact(law)).rejects.toThrow('could not be written down');
    expect(agent.record.routable).toBe(true);
    fails = false;
    await enact(law);
    expect(agent.record.routable).toBe(false);
  });

  test('leaves others their turn while many agents are looked at', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => member(index + 1));
    const { engine, enact } = await startUnder(LAW, { members: many });
    await Promise.all(many.map(({ id }) => new Deeds(engine, id).opens(`s${id}`)));
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await enact(changed('available', { routable: false }));
    isOver = true;
    expect(turns).toBeGreaterThan(10);
    expect(many.filter(({ id }) => engine.record(id)?.routable)).toEqual([]);
  });
});
