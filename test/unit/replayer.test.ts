import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { apply } from '../../engine/agent.ts';
import { AnswerMemory } from '../../engine/answers.ts';
import { Directory } from '../../engine/directory.ts';
import { encodeEntries } from '../../engine/entries.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { PastAnswers } from '../../engine/past-answers.ts';
import { type AgentRecord, newcomer } from '../../engine/record.ts';
import { Replayer } from '../../engine/replayer.ts';
import { ImageWriter } from '../../engine/snapshots/image.ts';
import { member } from '../support/engines.ts';
import { reread } from '../support/images.ts';
import { EVERY_SHAPE, LATER_SHAPES } from '../support/frames.ts';

const AGENT = 42;

function replayed(...frames: readonly Uint8Array[]) {
  const [directory, answers, past] = [new Directory(), new AnswerMemory(), new PastAnswers()];
  directory.enlist(member(AGENT, { organisationId: 7 }));
  const replayer = new Replayer({ directory, answers, past });
  for (const each of frames) replayer.replay(each);
  return { directory, answers, past };
}

const framesOf = (events: readonly AgentEvent[]) =>
  encodeEntries(events.map((event) => ({ kind: 'event', event })));
const applied = (events: readonly AgentEvent[]) =>
  events
    .filter(({ agent }) => agent === AGENT)
    .reduce<AgentRecord>(apply, newcomer(member(AGENT, { organisationId: 7 })));
const fixture = (name: string) =>
  readFileSync(new URL(`../support/fixtures/event-frames-${name}.bin`, import.meta.url));

describe('B3, B9: a log that is replayed', () => {
  test.each([
    ['1', EVERY_SHAPE],
    ['2', EVERY_SHAPE],
    ['2-later', LATER_SHAPES],
  ])('B3, B9: comes to what its events come to one by one, in format %s', (name, events) => {
    expect(replayed(fixture(name)).directory.record(AGENT)).toEqual(applied(events));
  });

  test('B3: so does each beginning of it, and an image of each, taken before anybody asked for anything', () => {
    for (let count = 1; count <= EVERY_SHAPE.length; count++) {
      const events = EVERY_SHAPE.slice(0, count);
      const { directory } = replayed(framesOf(events));
      const image = new ImageWriter({ epoch: 'e', offset: 1 });
      directory.save(image, directory.pictured());
      const loaded = new Directory();
      loaded.load(reread(image));
      expect(loaded.record(AGENT)).toEqual(applied(events));
      expect(directory.record(AGENT)).toEqual(applied(events));
    }
  });

  test('B6: has the answers to its commands, of sessions and of users', () => {
    const { directory, answers, past } = replayed(framesOf(EVERY_SHAPE));
    const commands = EVERY_SHAPE.flatMap(({ agent, at, command, seq }) =>
      command ? [{ agent, at, command, seq }] : [],
    );
    const ofSessions = commands.filter(({ command }) => 'session' in command);
    expect(ofSessions.length).toBeGreaterThan(1);
    for (const { agent, command, seq } of ofSessions)
      expect(past.of(directory.placeOf(agent) ?? -1)).toContainEqual({ command, kept: seq });
    const ofUsers = commands.filter(({ command }) => 'user' in command);
    expect(ofUsers.length).toBeGreaterThan(0);
    for (const { agent, at, command, seq } of ofUsers)
      expect(answers.recall(directory.standing(agent), command, at)).toMatchObject({
        ok: true,
        seq,
        tile: { id: agent },
      });
  });

  test('B9: is not passed over where a later version has written a value or a field', () => {
    const [first] = EVERY_SHAPE;
    if (first === undefined) throw new RangeError('there is no event');
    const set = { connectivity: 'connected' } as const;
    const frames = Buffer.from(framesOf([{ ...first, set }]));
    frames[frames.length - 1] = 200;
    expect(() => replayed(frames)).toThrow('there is no value 200');
    frames[frames.length - 2] = 200;
    expect(() => replayed(frames)).toThrow('only a later version knows');
  });
});
