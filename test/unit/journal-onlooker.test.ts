import { expect, test } from 'vitest';
import { lookAt, type Onlooker } from '../../engine/journal/onlooker.ts';
import { batchOf } from '../support/batches.ts';
import { baseOf, StoredLog } from '../support/stored-logs.ts';

async function seen(onlooker: Onlooker): Promise<{ ids: string[]; damage: number[] }> {
  const damage: number[] = [];
  const ids: string[] = [];
  for await (const { id } of onlooker.batches((position) => damage.push(position))) ids.push(id);
  return { ids, damage };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `b${index}`);

/** A log of several segments, which is still written. */
async function written(count: number) {
  const log = new StoredLog();
  const journal = await log.open({ segmentBytes: 2048 });
  const writer = await journal.claim(0);
  for (const id of names(count)) await writer.append(batchOf(writer, id, Buffer.alloc(100)));
  return { log, journal, writer, onlooker: lookAt('/data', log.disk) };
}

test('F2: beside its writer a journal is read from the beginning to what was written last', async () => {
  const { journal, writer, onlooker } = await written(60);
  expect(await onlooker.begin()).toBe(0);
  expect(await seen(onlooker)).toEqual({ ids: names(60), damage: [] });
  await writer.append(batchOf(writer, 'more'));
  expect((await seen(onlooker)).ids).toEqual([...names(60), 'more']);
  await journal.trim(3000);
  expect(await onlooker.begin()).toBe(2048);
  const { ids, damage } = await seen(onlooker);
  expect(damage).toEqual([]);
  expect([...names(60), 'more'].slice(-ids.length)).toEqual(ids);
});

test('F2: what a crash tore is not shown, and is left for the next start to cut', async () => {
  const { log, onlooker } = await written(5);
  const [segment = ''] = await log.segments();
  const groups = await log.groups(segment);
  const last = groups.at(-1);
  if (last === undefined) throw new RangeError('there is no group');
  await log.overwrite(segment, Buffer.from([0xff]), last.end - baseOf(segment) - 1);
  const before = await log.bytes(segment);
  expect(await seen(onlooker)).toEqual({ ids: names(4), damage: [] });
  expect((await log.bytes(segment)).equals(before)).toBe(true);
});

test('F2: damage in the middle is told, and what is whole in later segments is read', async () => {
  const { log, onlooker } = await written(60);
  const [first = '', second = ''] = await log.segments();
  const groups = await log.groups(first);
  const bad = groups[5];
  if (bad === undefined) throw new RangeError('there is no sixth group');
  await log.overwrite(first, Buffer.from([0xff]), bad.end - 1);
  const { ids, damage } = await seen(onlooker);
  expect(damage).toEqual([bad.position]);
  expect(ids.at(-1)).toBe('b59');
  expect(ids.length).toBe(60 - (groups.length - 5));
  expect(second).not.toBe('');
});

test('where there is no journal there is nothing to see', async () => {
  const onlooker = lookAt('/elsewhere', new StoredLog().disk);
  expect(await onlooker.begin()).toBeNull();
  expect(await seen(onlooker)).toEqual({ ids: [], damage: [] });
});
