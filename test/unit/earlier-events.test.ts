import { expect, test } from 'vitest';
import { fold } from '../../engine/documents/fold.ts';
import { decodeEvents, encodeEntries } from '../../engine/entries.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { partitionOf } from '../../engine/population.ts';
import { newcomer } from '../../engine/record.ts';
import { batchOf } from '../support/batches.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';

/** What was written before duties had limits, statuses waited, connections flapped, or sessions lived on requests. */
const EARLIER = [
  '{"type":"profile_changed","agent":1,"organisation":1,"seq":1,"at":1767600000000,"set":{"member":{"id":1,"organisationId":1,"name":"Agent 1","teamId":1,"department":"Support","role":"agent","onBoard":true,"active":true}}}',
  '{"type":"session_opened","agent":1,"organisation":1,"seq":2,"at":1767600000000,"session":{"id":"s1","device":"a device","address":"127.0.0.1"},"cause":"agent","previous":"offline","set":{"connectivity":"connected","duty":"available","dutyCode":"available","dutyCause":"agent","dutySince":1767600000000,"sessions":[{"id":"s1","device":"a device","address":"127.0.0.1","startedAt":1767600000000,"lostAt":null}],"status":"available","category":"available","since":1767600000000,"cause":"agent","routable":true}}',
  '{"type":"status_chosen","agent":1,"organisation":1,"seq":3,"at":1767600001000,"by":1,"reason":"tea","cause":"agent","previous":"available","set":{"duty":"break","dutyCode":"break","dutyReason":"tea","dutySince":1767600001000,"status":"break","category":"break","since":1767600001000,"routable":false}}',
  '{"type":"session_lost","agent":1,"organisation":1,"seq":4,"at":1767600002000,"session":{"id":"s1","device":"a device","address":"127.0.0.1"},"set":{"connectivity":"reconnecting","sessions":[{"id":"s1","device":"a device","address":"127.0.0.1","startedAt":1767600000000,"lostAt":1767600002000}],"graceUntil":1767600032000}}',
].map((line) => JSON.parse(line) as AgentEvent);

const encodeEvents = (events: readonly AgentEvent[]) =>
  encodeEntries(events.map((event) => ({ kind: 'event', event })));

const AS_NOW = {
  status: 'break',
  dutyReason: 'tea',
  limit: 'none',
  limitUntil: null,
  extendedMs: 0,
  overAt: null,
  queued: null,
  forcedNext: null,
  stability: 'steady',
  flips: [],
  isOutByFlip: false,
  flapping: null,
  platformUntil: null,
};

test('B9: events of earlier versions are replayed, with what they didn’t know as it is for newcomers', async () => {
  const journal = new MemoryJournal();
  const writer = await journal.claim(partitionOf(1));
  await writer.append(batchOf(writer, 'earlier', encodeEvents(EARLIER)));
  const { engine, clock } = await startEngine({ journal });
  await settle();
  const record = engine.record(1);
  expect(record).toMatchObject({
    ...AS_NOW,
    platformUntil: record?.graceUntil,
    connectivity: 'reconnecting',
  });
  // The law of today holds from its next look on.
  await engine.dispatch(1, {
    input: {
      type: 'open',
      session: 's2',
      device: 'a device',
      address: '127.0.0.1',
      lives: 'on_socket',
      login: 'a log-in session',
      resume: { session: 's1', seq: 4 },
    },
  });
  // What wasn’t known of the session is known with its return.
  expect(record?.sessions).toMatchObject([{ id: 's1' }]);
  expect(record?.sessions[0]).not.toHaveProperty('login');
  expect(engine.record(1)?.sessions).toMatchObject([
    { id: 's1', lostAt: null, lives: 'on_socket', login: 'a log-in session' },
  ]);
  await engine.review(1);
  expect(engine.record(1)).toMatchObject({ limit: 'running', limitUntil: 1_767_600_001_000 + 15 * 60_000 });
  await clock.advance(15 * 60_000 + 2_000);
  expect(engine.record(1)).toMatchObject({ limit: 'over' });
});

test('B9, F3: so are they folded into the history, also onto a record that an earlier version kept', () => {
  const [first, ...others] = decodeEvents(encodeEvents(EARLIER));
  if (first === undefined) throw new RangeError('there are no events');
  const whole = others.reduce((state, event) => fold(state, event).state, fold(null, first).state);
  expect(whole.record).toMatchObject(AS_NOW);
  expect(Object.keys(whole.record).sort()).toEqual(Object.keys(newcomer(member(1))).sort());

  const kept = { ...whole.record };
  for (const field of [
    'limit',
    'extendedMs',
    'overAt',
    'stability',
    'flips',
    'queued',
    'forcedNext',
  ] as const)
    Reflect.deleteProperty(kept, field);
  const back = { ...first, type: 'profile_changed', seq: 5 } as const;
  expect(fold({ ...whole, record: kept }, back).state.record).toEqual({
    ...whole.record,
    seq: 5,
    lastAt: back.at,
  });
});
