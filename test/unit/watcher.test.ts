import { describe, expect, test } from 'vitest';
import { SlowWatcher, watch } from '../../engine/watcher.ts';
import { Deeds } from '../support/deeds.ts';
import { startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { ALL, shown, Viewer } from '../support/viewer.ts';

async function start() {
  const { engine, clock } = await startEngine();
  const agent = new Deeds(engine, 1);
  await agent.opens('s1');
  /** So many batches of changes. */
  const changes = async (count: number) => {
    for (let n = 0; n < count; n++) {
      await agent.chooses(agent.record.status === 'busy' ? 'away' : 'busy');
      await clock.advance(20);
    }
  };
  const leaving = new AbortController();
  const options = { subject: ALL, after: null, signal: leaving.signal };
  return { engine, clock, agent, changes, leaving, options };
}

describe('G3: a slow watcher', () => {
  test('G3: is closed at its bound, and goes on by the cursor that it holds', async () => {
    const { engine, changes, options } = await start();
    const slow = watch(engine.topics, { ...options, maxWaiting: 3 });
    const first = await slow.next();
    await changes(4);
    await expect(slow.next()).rejects.toThrow(SlowWatcher);
    await expect(slow.next()).resolves.toMatchObject({ done: true });
    const held = first.done === true ? '' : first.value.cursor;
    const again = await watch(engine.topics, { ...options, after: held }).next();
    expect(again.done !== true && shown(again.value)).toMatchObject({
      type: 'changes',
      after: held,
      changes: [{ id: 1, seq: 5 }],
    });
  });

  test('G3: at its bound it is still served, every batch', async () => {
    const { engine, changes, options } = await start();
    const reader = watch(engine.topics, { ...options, maxWaiting: 3 });
    await reader.next();
    await changes(3);
    for (const seq of [2, 3, 4]) {
      const { value } = await reader.next();
      expect(value && shown(value)).toMatchObject({ changes: [{ seq }] });
    }
  });

  test('G3: others hear everything meanwhile, and the topic is left when it is closed', async () => {
    const { engine, changes, clock, options } = await start();
    const slow = watch(engine.topics, { ...options, maxWaiting: 1 });
    await slow.next();
    using other = new Viewer(engine.topics);
    await changes(50);
    expect(other.heard.filter(({ type }) => type === 'changes')).toHaveLength(50);
    await expect(slow.next()).rejects.toThrow(SlowWatcher);
    await clock.advance(20);
  });
});

describe('G1: watching', () => {
  test('G1: begins with a snapshot and ends when it is told to, also while nothing comes', async () => {
    const { engine, leaving, options } = await start();
    const heard: string[] = [];
    const reading = (async () => {
      for await (const sent of watch(engine.topics, options)) heard.push(shown(sent).type);
    })();
    await settle();
    leaving.abort();
    await reading;
    expect(heard).toEqual(['snapshot']);
  });

  test('G1: nothing is lost between the snapshot and the first change', async () => {
    const { engine, agent, clock, options } = await start();
    const reader = watch(engine.topics, options);
    const first = await reader.next();
    await agent.chooses('busy');
    await agent.saysBye('s1');
    await clock.advance(20);
    const second = await reader.next();
    expect(second.value && shown(second.value)).toMatchObject({
      after: first.value?.cursor,
      changes: [{ id: 1, status: 'offline', seq: 3 }],
    });
  });
});
