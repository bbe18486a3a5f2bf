import { expect, test } from 'vitest';
import { readAhead } from '../../engine/read-ahead.ts';

test('F4: what is read ahead comes in its order, and only one is read before its turn', async () => {
  const reading: number[] = [];
  const seen: string[] = [];
  const read = (item: number) => {
    reading.push(item);
    return Promise.resolve(item * 10);
  };
  for await (const found of readAhead([1, 2, 3], read)) seen.push(`${found}: ${reading.join()}`);
  expect(seen).toEqual(['10: 1,2', '20: 1,2,3', '30: 1,2,3']);
  for await (const found of readAhead([], read)) expect.unreachable(`${found}`);
});

test('F2: what can’t be read is told in its turn, and to nobody who doesn’t come so far', async () => {
  const gone = new Error('the disk is gone');
  const read = (item: number) => (item === 2 ? Promise.reject(gone) : Promise.resolve(item));
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const found of readAhead([1, 2, 3], read)) seen.push(found);
    })(),
  ).rejects.toThrow(gone);
  expect(seen).toEqual([1]);
  for await (const found of readAhead([1, 2, 3], read)) if (found === 1) break;
});
