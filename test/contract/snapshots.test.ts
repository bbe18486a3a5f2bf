import { describe, expect, test } from 'vitest';
import { openFileSnapshots } from '../../engine/snapshots/file.ts';
import { ImageWriter } from '../../engine/snapshots/image.ts';
import { MemorySnapshots } from '../../engine/snapshots/memory.ts';
import type { SnapshotStore } from '../../engine/snapshots/port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EPOCH = 'this log';

function imageOf(offset: number, text = `as of ${offset}`, epoch = EPOCH): Buffer {
  const writer = new ImageWriter({ epoch, offset });
  writer.block('text', (block) => block.text(text));
  writer.block('empty', () => undefined);
  return writer.taken();
}

async function textOf(store: SnapshotStore, partition: number): Promise<string | null> {
  const image = await store.newest(partition, EPOCH);
  let text = null as string | null;
  image?.block('text', (block) => (text = block.text()));
  return text;
}

const STORES: Readonly<Record<string, () => Promise<{ readonly store: SnapshotStore } & AsyncDisposable>>> = {
  memory: () =>
    Promise.resolve({ store: new MemorySnapshots(), [Symbol.asyncDispose]: () => Promise.resolve() }),
  files: async () => {
    const folder = await temporaryFolder();
    const store = await openFileSnapshots(folder.path);
    return { store, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  },
};

describe.each(Object.entries(STORES))('F4: snapshots in %s', (_, open) => {
  test('F4: the newest image of a partition comes back, with what was written into it', async () => {
    await using opened = await open();
    const { store } = opened;
    expect(await store.newest(0, EPOCH)).toBeNull();
    await store.save(0, imageOf(10));
    await store.save(1, imageOf(11));
    await store.save(0, imageOf(20, 'ä🦊'.repeat(100_000)));
    const image = await store.newest(0, EPOCH);
    expect(image).toMatchObject({ epoch: EPOCH, offset: 20 });
    expect(await textOf(store, 0)).toBe('ä🦊'.repeat(100_000));
    expect(await textOf(store, 1)).toBe('as of 11');
    expect(image?.block('empty', () => undefined)).toBe(true);
    expect(image?.block('of a later version', () => expect.unreachable())).toBe(false);
  });

  test('F4: the log is needed behind the image before the newest one of each', async () => {
    await using opened = await open();
    const { store } = opened;
    expect(store.covered([0, 1])).toBe(0);
    await store.save(0, imageOf(10));
    await store.save(0, imageOf(20));
    await store.save(1, imageOf(15));
    expect(store.covered([0, 1])).toBe(0);
    await store.save(1, imageOf(25));
    expect(store.covered([0, 1])).toBe(10);
    await store.save(0, imageOf(30));
    expect(store.covered([0, 1])).toBe(15);
    expect(store.covered([0])).toBe(20);
  });

  test('F4: an image of another log is of no use', async () => {
    await using opened = await open();
    await opened.store.save(0, imageOf(10, 'of another', 'another log'));
    expect(await opened.store.newest(0, EPOCH)).toBeNull();
  });
});
