import { describe, expect, test } from 'vitest';
import type { Opening } from '../../engine/inputs.ts';
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { MemorySnapshots } from '../../engine/snapshots/memory.ts';
import { Deeds, opening } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { MINUTE } from '../support/limited.ts';
import { startUnder, withConfig } from '../support/live-law.ts';
import { eventsOf } from '../support/told-journal.ts';

const LOGIN = 'a log-in session';
const begins = (session: string): Opening => opening(session, { lives: 'on_requests', login: LOGIN });
const onSocket = { login: LOGIN } as const;

/** Asks for what a log-in brings anyway. */
const logsIn = (engine: Engine, session: string) =>
  new Deeds(engine, 1).chooses('available', { id: 'a', opening: begins(session) });

/** Somebody who is here by requests alone, in the session r1. */
async function onRequests(status = 'busy', law = withConfig({ SESSION_IDLE_MINUTES: 10 })) {
  const journal = new MemoryJournal();
  const started = await startUnder(law, { journal });
  await started.agent.chooses(status, { opening: begins('r1') });
  return { ...started, journal, before: started.events.splice(0) };
}

describe('C10: a status call of somebody who is offline', () => {
  test('C10: begins a session on requests, and chooses', async () => {
    const { agent, before, clock } = await onRequests();
    expect(before.map(({ type }) => type)).toEqual(['session_opened', 'status_chosen']);
    expect(agent.record).toMatchObject({
      connectivity: 'connected',
      status: 'busy',
      sessions: [{ id: 'r1', startedAt: clock.now(), lostAt: null, login: LOGIN }],
    });
  });

  test('C10: that asks for what a log-in brings anyway is done with the session', async () => {
    const { agent, before } = await onRequests('available');
    expect(before.map(({ type }) => type)).toEqual(['session_opened']);
    expect(agent.record).toMatchObject({ status: 'available', cause: 'agent' });
  });

  test.each([
    ['wrap_up', 'TRANSITION_NOT_ALLOWED'],
    ['training', 'REASON_REQUIRED'],
    ['nonsense', 'UNKNOWN_STATUS'],
  ])('C10: for a status that a log-in can’t lead to, %s, changes nothing: %s', async (status, code) => {
    const { agent, events } = await startUnder();
    expect(await agent.chooses(status, { opening: begins('r1') })).toMatchObject({ ok: false, code });
    expect(agent.record).toMatchObject({ connectivity: 'disconnected', sessions: [] });
    expect(events).toEqual([]);
  });

  test('A6, C10: is done once, though it come twice, at once or later', async () => {
    const { agent, events, engine } = await startUnder();
    const call = (session: string) => agent.chooses('break', { id: 'a', opening: begins(session) });
    const [first, second] = await Promise.all([call('r1'), call('r2')]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ ok: true, seq: 2, tile: { status: 'break' } });
    await agent.chooses('available', { id: 'b' });
    expect(await call('r3')).toEqual(first);
    expect(events.map(({ type }) => type)).toEqual(['session_opened', 'status_chosen', 'status_chosen']);
    expect(engine.record(1)).toMatchObject({ status: 'available', sessions: [{ id: 'r1' }] });
  });

  test('B4, C10: is held against the seq of whoever was offline', async () => {
    const { agent } = await startUnder();
    const call = (expectSeq: number) => agent.chooses('break', { expectSeq, opening: begins('r1') });
    expect(await call(1)).toMatchObject({ ok: false, code: 'CONFLICT' });
    expect(agent.record.sessions).toEqual([]);
    expect(await call(0)).toMatchObject({ ok: true, seq: 2 });
  });

  test('B2, C10: that can’t be written down is answered so, and can be sent again', async () => {
    const failing = { appends: new Set<number>(), count: 0 };
    const journal = new MemoryJournal({ fails: () => failing.appends.has(++failing.count) });
    const { engine } = await startEngine({ journal });
    const agent = new Deeds(engine, 1);
    await settle();
    const call = (session: string) => agent.chooses('break', { id: 'a', opening: begins(session) });
    const failed = { ok: false, code: 'JOURNAL_FAILED' };
    const before = failing.count;
    failing.appends.add(before + 1);
    expect(await call('r1')).toMatchObject(failed);
    expect(agent.record).toMatchObject({ connectivity: 'disconnected', seq: 0, sessions: [] });
    expect(await call('r2')).toMatchObject({ ok: true, seq: 2, tile: { status: 'break' } });
    expect(agent.record.sessions).toMatchObject([{ id: 'r2' }]);
    // The session and what it was begun for are one batch: there is never the one without the other.
    expect(failing.count).toBe(before + 2);
  });

  test('C10: and another at the same time, of another tab, go into one session', async () => {
    const { agent, events } = await startUnder();
    const both = [
      agent.chooses('busy', { id: 'a', opening: begins('r1') }),
      agent.chooses('break', { id: 'b', opening: begins('r2') }),
    ];
    expect(await Promise.all(both)).toMatchObject([
      { ok: true, seq: 2 },
      { ok: true, seq: 3 },
    ]);
    expect(agent.record).toMatchObject({ status: 'break', sessions: [{ id: 'r1' }] });
    expect(events.filter(({ type }) => type === 'session_opened')).toHaveLength(1);
  });

  test('C10: while the first is refused, the second begins the session', async () => {
    const { agent } = await startUnder();
    const both = [
      agent.chooses('wrap_up', { id: 'a', opening: begins('r1') }),
      agent.chooses('busy', { id: 'b', opening: begins('r2') }),
    ];
    expect(await Promise.all(both)).toMatchObject([{ ok: false }, { ok: true, seq: 2 }]);
    expect(agent.record).toMatchObject({ status: 'busy', sessions: [{ id: 'r2' }] });
  });

  test.each(['before', 'after'])(
    'C10: and the hello of a socket right %s it: the socket stays',
    async (when) => {
      const { agent } = await startUnder();
      const hello = () => agent.opens('s1', null, onSocket);
      const call = () => agent.chooses('busy', { opening: begins('r1') });
      const [first, second] = when === 'before' ? [hello, call] : [call, hello];
      await Promise.all([first(), second()]);
      expect(agent.record).toMatchObject({ status: 'busy', sessions: [{ id: 's1', lostAt: null }] });
      expect(agent.record.sessions).toHaveLength(1);
    },
  );

  test('C10: begins none while a socket lives, or is in grace', async () => {
    const { agent } = await startUnder();
    await agent.opens('s1');
    await agent.chooses('break', { opening: begins('r1') });
    agent.loses('s1');
    await settle();
    await agent.chooses('available', { opening: begins('r2') });
    expect(agent.record).toMatchObject({
      connectivity: 'reconnecting',
      status: 'available',
      sessions: [{ id: 's1' }],
    });
    expect(agent.record.sessions).toHaveLength(1);
    await agent.opens('r3', null, { lives: 'on_requests' });
    expect(agent.record.connectivity).toBe('reconnecting');
  });
});

describe('C10: a session on requests', () => {
  test('C10: is kept by requests, and ends, offline at once, when there were none for long enough', async () => {
    const { agent, clock, events } = await onRequests();
    for (let minutes = 0; minutes < 30; minutes += 9) {
      await clock.advance(9 * MINUTE);
      agent.stirs('r1', clock.now());
    }
    expect(agent.record.status).toBe('busy');
    const last = clock.now();
    await clock.advance(10 * MINUTE - 1);
    expect(agent.record.status).toBe('busy');
    await clock.advance(1_000);
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'disconnect', sessions: [] });
    const lapsed = events.find(({ type }) => type === 'session_lapsed');
    expect(lapsed).toMatchObject({ session: { id: 'r1' }, previous: 'busy', cause: 'disconnect' });
    expect(lapsed?.at).toBe(last + 10 * MINUTE);
  });

  test('C2, C10: has activity in each request', async () => {
    const { agent, clock } = await onRequests('available');
    await clock.advance(5 * MINUTE);
    expect(agent.record).toMatchObject({ status: 'away', cause: 'idle' });
    agent.stirs('r1', clock.now());
    await settle();
    expect(agent.record).toMatchObject({ status: 'available' });
  });

  test('C10: begins its time with it, though something was heard of such a session before', async () => {
    const { agent, clock, engine } = await startUnder(withConfig({ SESSION_IDLE_MINUTES: 10 }));
    await agent.opens('s1');
    engine.touch(1, 'r1', clock.now());
    await agent.saysBye('s1');
    await clock.advance(9 * MINUTE);
    await agent.chooses('busy', { opening: begins('r1') });
    await clock.advance(9 * MINUTE);
    expect(agent.record.status).toBe('busy');
  });

  test('C10, K5: lives by the law of the day', async () => {
    const { agent, clock, enact } = await onRequests();
    await clock.advance(5 * MINUTE);
    await enact(withConfig({ SESSION_IDLE_MINUTES: 6 }));
    await settle();
    await clock.advance(MINUTE);
    expect(agent.record.status).toBe('offline');
  });

  test('C6, C10: is not lost with the engine: its time begins anew', async () => {
    const { agent, clock, engine, journal, before } = await onRequests();
    await clock.advance(9 * MINUTE);
    await engine[Symbol.asyncDispose]();
    const config = { ...LAW.config, SESSION_IDLE_MINUTES: 10 };
    const next = await startEngine({ journal, clock, config: () => config });
    const again = new Deeds(next.engine, 1);
    await clock.advance(9 * MINUTE);
    expect(again.record).toMatchObject({
      status: 'busy',
      connectivity: 'connected',
      sessions: [{ id: 'r1' }],
    });
    await clock.advance(1 * MINUTE);
    expect(again.record).toMatchObject({ status: 'offline', cause: 'disconnect' });
    const types = (await eventsOf(journal)).map(({ type }) => type);
    expect(types).toEqual([...before.map(({ type }) => type), 'session_lapsed']);
    expect(agent.record.status).toBe('busy');
  });

  test('B6, C10: outlasts it in an image, too, with the answer to what it was begun for', async () => {
    const journal = new MemoryJournal();
    const snapshots = { store: new MemorySnapshots(), afterOffsets: 1, lookMs: 1_000 };
    const first = await startEngine({ journal, snapshots });
    const told = await logsIn(first.engine, 'r1');
    await first.engine.snapshot();
    await first.engine[Symbol.asyncDispose]();
    const { engine } = await startEngine({ journal, snapshots });
    await settle();
    expect([...engine.keptSessions()]).toEqual([{ agentId: 1, session: 'r1', login: LOGIN }]);
    expect(await logsIn(engine, 'r2')).toEqual(told);
    expect(engine.record(1)).toMatchObject({ seq: 1, connectivity: 'connected' });
  });

  test('C6, C10: keeps somebody here whose socket went down with the engine', async () => {
    const { agent, clock, engine, journal } = await onRequests();
    await agent.opens('s1');
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    await settle();
    expect(next.engine.record(1)).toMatchObject({
      connectivity: 'connected',
      graceUntil: null,
      sessions: [
        { id: 'r1', lostAt: null },
        { id: 's1', lostAt: clock.now() },
      ],
    });
  });

  test('C10: ends when a socket of the same log-in session opens; the duty stays', async () => {
    const { agent, events } = await onRequests();
    const { dutySince } = agent.record;
    await agent.opens('s1', null, onSocket);
    expect(events.map(({ type, previous }) => [type, previous])).toEqual([['session_opened', undefined]]);
    expect(agent.record).toMatchObject({ status: 'busy', dutySince, sessions: [{ id: 's1' }] });
    expect(agent.record.sessions).toHaveLength(1);
  });

  test('C10: lives beside the socket of another; either ends without the other', async () => {
    const { agent, clock } = await onRequests();
    await agent.opens('s1');
    expect(agent.record.sessions.map(({ id }) => id)).toEqual(['r1', 's1']);
    agent.loses('s1');
    await settle();
    expect(agent.record.connectivity).toBe('connected');
    await agent.opens('s2', { session: 's1', seq: agent.record.seq });
    await clock.advance(10 * MINUTE);
    expect(agent.record).toMatchObject({ connectivity: 'connected', sessions: [{ id: 's1', lostAt: null }] });
    expect(agent.record.sessions).toHaveLength(1);
  });

  test('C3, C10: the last to live beside a lost socket lapses: offline, without a grace', async () => {
    const { agent, clock } = await onRequests('busy', withConfig({ SESSION_IDLE_MINUTES: 1 }));
    await agent.opens('s1');
    await clock.advance(55_000);
    agent.loses('s1');
    await clock.advance(6_000);
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'disconnect', sessions: [] });
  });

  test('C10: can’t be resumed by a socket', async () => {
    const { agent } = await onRequests();
    await agent.opens('s1', { session: 'r1', seq: agent.record.seq });
    expect(agent.record.sessions.map(({ id }) => id)).toEqual(['r1', 's1']);
  });

  test('C3, C10: ends with a log-out, chosen or forced; the next call begins another', async () => {
    const { agent } = await onRequests();
    await agent.chooses('offline');
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'agent', sessions: [] });
    await agent.chooses('busy', { opening: begins('r2') });
    await agent.isForced('offline');
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'override', sessions: [] });
    await agent.chooses('busy', { opening: begins('r3') });
    expect(agent.record).toMatchObject({ status: 'busy', sessions: [{ id: 'r3' }] });
  });

  test('C10: ends with its log-in session, offline at once; a socket of another is left', async () => {
    const { agent, engine } = await onRequests();
    const kept = { agentId: 1, session: 'r1', login: LOGIN };
    engine.lapse({ ...kept, session: 'another' });
    engine.lapse({ ...kept, login: 'another' });
    await settle();
    expect(agent.record.status).toBe('busy');
    await agent.opens('s1');
    engine.lapse({ ...kept, session: 's1' });
    engine.lapse(kept);
    await settle();
    expect(agent.record).toMatchObject({ status: 'busy', sessions: [{ id: 's1' }] });
    await agent.saysBye('s1');
    await agent.chooses('busy', { opening: begins('r2') });
    engine.lapse({ ...kept, session: 'r2' });
    await settle();
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'disconnect' });
  });

  test('C7, C10: does not end while the platform’s timers stand still, but after, spread', async () => {
    const members = Array.from({ length: 8 }, (_, at) => member(at + 1));
    const law = withConfig({ SESSION_IDLE_MINUTES: 10, BREAKER_MIN_AGENTS: 3 });
    const { engine, clock, agent } = await startUnder(law, { members });
    const others = members.slice(1).map(({ id }) => new Deeds(engine, id));
    await Promise.all(others.map((other) => other.opens(`s${other.agent}`)));
    await agent.chooses('busy', { opening: begins('r1') });
    await clock.advance(9.5 * MINUTE);
    for (const other of others) other.loses(`s${other.agent}`);
    await clock.advance(MINUTE);
    expect(agent.record.status).toBe('busy');
    await clock.advance(1_000);
    expect(agent.record.status).toBe('offline');
  });

  test('C8, C10: its begin and its end are no changes of a connection', async () => {
    const { agent } = await onRequests();
    for (let n = 0; n < 20; n++) {
      await agent.chooses('offline');
      await agent.chooses('busy', { opening: begins(`r${n}`) });
    }
    expect(agent.record).toMatchObject({ flips: [], stability: 'steady' });
  });

  test('C3: a queued status and a waiting override end with it; a hold stays', async () => {
    const { agent, engine } = await onRequests();
    await agent.chooses('wrap_up');
    await agent.queues('break');
    await agent.isForcedNext('meeting', { hold: true });
    engine.lapse({ agentId: 1, session: 'r1', login: LOGIN });
    await settle();
    expect(agent.record).toMatchObject({
      status: 'offline',
      queued: null,
      forcedNext: null,
      forced: { code: 'meeting', hold: true },
    });
  });

  test('E2: why says what a session lives on, and not by which log-in session', async () => {
    const { agent, engine, clock } = await onRequests();
    await agent.opens('s1');
    const sessions = engine.why(1)?.sessions;
    expect(sessions).toMatchObject([
      { id: 'r1', lives: 'on_requests', activeAt: clock.now() },
      { id: 's1', lives: 'on_socket' },
    ]);
    expect(JSON.stringify(sessions)).not.toContain(LOGIN);
    expect(engine.why(1)?.nextDeadline).toEqual({ at: clock.now() + 10 * MINUTE, what: 'lapse' });
  });
});
