import { expect, test } from 'vitest';
import { inWords } from '../../api/journal-words.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { settle } from '../support/fake-clock.ts';
import { changed, startUnder } from '../support/live-law.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d`;

/** What an agent's story reads like, without the times and the session. */
function told(events: readonly AgentEvent[]): readonly string[] {
  const names = new Map([
    [1, 'Amara'],
    [900, 'Alex'],
  ]);
  return events.map((event) =>
    inWords({ kind: 'event', event }, names)
      .replaceAll(new RegExp(TIME, 'g'), 'T')
      .replace(/; session .* at 127\.0\.0\.1/, '')
      .replace(/^T {2}#\d+ {2}/, ''),
  );
}

test('D2, D4, E1: limits, extensions and what waits are told in words', async () => {
  const { agent, clock, events, enact } = await startUnder();
  await agent.opens('s1');
  await agent.chooses('break', { session: 's1' });
  await clock.advance(13 * 60_000);
  await agent.extends('a long queue', { session: 's1' });
  await clock.advance(7 * 60_000);
  await clock.advance(60_000);
  await agent.works('s1', 1, 2);
  await agent.queues('available', { session: 's1' });
  await agent.isForcedNext('meeting');
  await agent.isReleased();
  await enact(changed('break', { maxSeconds: 7_200 }));
  await agent.works('s1', 0, 2);
  expect(told(events.slice(1))).toEqual([
    'status chosen by Amara; available → break (cause agent); duty break; until T',
    'limit near; notify break ending',
    'break extended by Amara; until T; 5 minutes more; reason "a long queue"',
    'limit near; notify break ending',
    'limit over; notify break over',
    'limit escalated; notify supervisors',
    'workload changed by Amara; 1 tasks; at most 2',
    'status queued by Amara; queued available',
    'force queued by Alex; override queued meeting; reason "as I say"',
    'override released by Alex; override queued none; notify released',
    'law applied; until T',
    'workload changed by Amara; break → available (cause agent); duty available; 0 tasks; queued nothing',
  ]);
});

test('D6: what is yet to come, moved because the clock was set', async () => {
  const { agent, clock, events } = await startUnder();
  await agent.opens('s1');
  await agent.chooses('break', { session: 's1' });
  clock.jump(3_600_000);
  await clock.advance(1_000);
  agent.loses('s1');
  await settle();
  clock.jump(3_600_000);
  await clock.advance(1_000);
  expect(told(events.slice(2))).toEqual([
    'clock set ahead; until T',
    'session lost; reconnecting; expected back until T',
    'clock set ahead; until T; expected back until T',
  ]);
});

test('C7, C8: flapping, and the platform’s absence', async () => {
  const { agent, clock, events, engine } = await startUnder();
  await agent.opens('s1');
  for (let times = 0; times < 4; times++) {
    agent.loses('s1');
    await settle();
    await agent.opens('x', { session: 's1', seq: agent.record.seq });
  }
  await clock.advance(61_000);
  agent.loses('s1');
  await settle();
  await engine[Symbol.asyncDispose]();
  expect(told(events.slice(-4))).toEqual([
    'session lost; reconnecting; flapping until T; expected back until T',
    'session opened; connected; flapping until T',
    'flapping ended',
    'session lost; reconnecting; expected back until T',
  ]);
  const frozen = { ...events[1], type: 'platform_frozen', set: { platformUntil: 1, graceUntil: 1 } };
  expect(told([frozen as AgentEvent])).toEqual([
    'platform frozen; expected back until T; the platform’s absence until T',
  ]);
});

test('C9, C10: what a client knew that the server does not, and requests that stopped', async () => {
  const { agent, clock, events } = await startUnder();
  await agent.opens('s1', null, { lives: 'on_requests' });
  await agent.opens('s2', { session: 's1', seq: 7 });
  await clock.advance(30 * 60_000);
  expect(told(events.slice(1).filter(({ type }) => type.startsWith('session')))).toEqual([
    'session opened; anew, for the client knew of #7',
    'session lapsed',
  ]);
});
