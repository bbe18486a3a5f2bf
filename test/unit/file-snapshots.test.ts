import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileSnapshots } from '../../engine/snapshots/file.ts';
import { ImageWriter } from '../../engine/snapshots/image.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { Seeded } from '../support/seeded.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const image = (offset: number) => new ImageWriter({ epoch: 'log', offset }).taken();
const NAMES = ['03-0000000000000020.image', '03-0000000000000030.image'];

test('F4: two images of each partition are kept, and found again', async () => {
  await using folder = await temporaryFolder();
  const store = await openFileSnapshots(folder.path);
  for (const offset of [10, 20, 30]) await store.save(3, image(offset));
  expect((await readdir(join(folder.path, 'snapshots'))).toSorted()).toEqual(NAMES);
  const again = await openFileSnapshots(folder.path);
  expect(await again.newest(3, 'log')).toMatchObject({ offset: 30 });
  expect(again.covered([3])).toBe(20);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
  ['empty', () => Buffer.alloc(0)],
  ['damaged', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, bytes.length - 2)],
  ['of a later version', (bytes: Buffer) => Buffer.from(bytes).fill(9, 4, 5)],
])('F2: in the place of an image that is %s comes the one before', async (_, damaged) => {
  await using folder = await temporaryFolder();
  const store = await openFileSnapshots(folder.path);
  for (const offset of [10, 20, 30]) await store.save(3, image(offset));
  const path = join(folder.path, 'snapshots', NAMES[1] ?? '');
  await writeFile(path, damaged(await readFile(path)));
  const again = await openFileSnapshots(folder.path);
  expect(await again.newest(3, 'log')).toMatchObject({ offset: 20 });
  // With one image alone, the log is needed from its beginning.
  expect(again.covered([3])).toBe(0);
  await again.save(3, image(40));
  expect(again.covered([3])).toBe(20);
});

test('F2: after a power cut the newest image is the last that was saved, or one that was being saved', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Seeded(seed);
    const device = new CrashingDisk(random);
    let saved = 0;
    for (let life = 0; life < 4; life++) {
      const { disk, stalled } = device.attach(random.between(1, 60));
      await Promise.race([stalled, live(disk)]);
      device.crash();
      // Whatever was being saved may be whole.
      const { disk: later } = device.attach();
      const store = await openFileSnapshots('/data', later);
      const newest = (await store.newest(0, 'log'))?.offset ?? 0;
      expect(newest, `seed ${seed}`).toBeGreaterThanOrEqual(saved);
      expect(newest - saved, `seed ${seed}`).toBeLessThanOrEqual(10);
      expect(store.covered([0]) === 0 || store.covered([0]) === newest - 10, `seed ${seed}`).toBe(true);
      saved = newest;
    }

    async function live(disk: Parameters<typeof openFileSnapshots>[1]): Promise<void> {
      const store = await openFileSnapshots('/data', disk);
      await store.newest(0, 'log');
      for (let left = 5; left > 0; left--) {
        const offset = saved + 10;
        await store.save(0, image(offset));
        saved = offset;
      }
    }
  }
});
