import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ChunkDamaged } from '../../api/dumps/chunks.ts';
import { type DumpHead, DumpStore, DumpUnderWay, NoRoom } from '../../api/dumps/store.ts';
import { disk } from '../../engine/journal/disk.ts';
import { backupOf } from '../support/backups.ts';
import { Deferred } from '../support/deferred.ts';
import { hookedDisk } from '../support/hooked-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FILES = new Map([
  ['PG_VERSION', Buffer.from('18\n')],
  ['base/1/empty', Buffer.alloc(0)],
  ['base/1/table', Buffer.alloc(5000, 'row ')],
  ['base/2/index', Buffer.alloc(512, 'leaf')],
]);
const OPTIONS = { chunkBytes: 1024 };

function headOf(takenAt: number, position = takenAt): DumpHead {
  return { takenAt, positions: { documents: { epoch: 'log', position } } };
}

async function contentsOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const { files } = await disk.tree(folder);
  const read = files.map(async (path) => [path, await readFile(join(folder, path))] as const);
  return new Map(await Promise.all(read));
}

test('F3: what is dumped is found again, by its number, and unpacked as it was', async () => {
  await using folder = await temporaryFolder();
  const store = await DumpStore.open(folder.path, OPTIONS);
  await store.save(headOf(1), backupOf(FILES));
  const again = await DumpStore.open(folder.path, OPTIONS);
  expect(again.newest).toMatchObject({ number: 1, manifest: headOf(1) });
  if (again.newest !== null) await again.unpack(again.newest, join(folder.path, 'unpacked'));
  expect(await contentsOf(join(folder.path, 'unpacked'))).toEqual(FILES);
});

test('F3: any tar can read a dump', async () => {
  await using folder = await temporaryFolder();
  const store = await DumpStore.open(folder.path, OPTIONS);
  await store.save(headOf(1), backupOf(FILES));
  const tar = join(folder.path, 'dumps', '0000000001.tar');
  const { stdout } = await promisify(execFile)('tar', ['-tf', tar]);
  expect(stdout.trim().split('\n')).toEqual(expect.arrayContaining([...FILES.keys()]));
});

test('F3: the newest two are kept, and the journal is held behind the older of them', async () => {
  await using folder = await temporaryFolder();
  const store = await DumpStore.open(folder.path, OPTIONS);
  const held = () => store.heldSafely('documents', 'log');
  const seen: number[] = [];
  for (const takenAt of [10, 20, 30]) {
    await store.save(headOf(takenAt), backupOf(FILES));
    seen.push(held());
  }
  expect(seen).toEqual([0, 10, 20]);
  expect(store.heldSafely('documents', 'another log')).toBe(0);
  expect(store.heldSafely('somebody new', 'log')).toBe(0);
  const names = [2, 3].flatMap((number) => [`000000000${number}.json`, `000000000${number}.tar`]);
  expect((await readdir(join(folder.path, 'dumps'))).toSorted()).toEqual(names);
});

test.each(['write', 'datasync', 'read', 'rename', 'syncFolder'] as const)(
  'F3: one that fails at a %s leaves the one before as it was, and nothing of itself',
  async (does) => {
    await using folder = await temporaryFolder();
    let isFailing = false;
    const hooked = hookedDisk(disk, (call) => {
      if (isFailing && call.does === does) throw new Error('the disk failed');
    });
    const store = await DumpStore.open(folder.path, { ...OPTIONS, disk: hooked });
    await store.save(headOf(1), backupOf(FILES));
    isFailing = true;
    await expect(store.save(headOf(2), backupOf(FILES))).rejects.toThrow(
      does === 'read' ? ChunkDamaged : 'the disk failed',
    );
    isFailing = false;
    expect(store.newest?.number).toBe(1);
    expect(await readdir(join(folder.path, 'dumps'))).toEqual(['0000000001.json', '0000000001.tar']);
    // What a power cut leaves of that one is of another number.
    expect(await store.save(headOf(3), backupOf(FILES))).toMatchObject({ number: 3 });
  },
);

test('F3: a dump leaves room for the journal, or is not made', async () => {
  await using folder = await temporaryFolder();
  const small = { ...disk, room: () => Promise.resolve(200 << 20) };
  const store = await DumpStore.open(folder.path, { ...OPTIONS, disk: small });
  const refused = store.save(headOf(1), backupOf(FILES));
  await expect(refused).rejects.toThrow(NoRoom);
  await expect(refused).rejects.toThrow(/dumps needs 257 MB of room, and there are 200 MB$/);
  expect(await readdir(join(folder.path, 'dumps'))).toEqual([]);
});

test('F3: two at once are impossible', async () => {
  await using folder = await temporaryFolder();
  const going = new Deferred();
  const slow = hookedDisk(disk, ({ does }) => (does === 'datasync' ? going.promise : undefined));
  const store = await DumpStore.open(folder.path, { ...OPTIONS, disk: slow });
  const first = store.save(headOf(1), backupOf(FILES));
  await expect(store.save(headOf(2), backupOf(FILES))).rejects.toThrow(DumpUnderWay);
  going.resolve();
  expect(await first).toMatchObject({ number: 1 });
  expect(await store.save(headOf(3), backupOf(FILES))).toMatchObject({ number: 2 });
});

test('F3: one that is broken off in the middle leaves nothing', async () => {
  await using folder = await temporaryFolder();
  const stop = new AbortController();
  let written = 0;
  const hooked = hookedDisk(disk, ({ does }) => {
    if (does === 'write' && ++written === 2) stop.abort(new Error('the server stops'));
  });
  const store = await DumpStore.open(folder.path, { ...OPTIONS, disk: hooked });
  await expect(store.save(headOf(1), backupOf(FILES), stop.signal)).rejects.toThrow('the server stops');
  expect(written).toBe(2);
  expect(await readdir(join(folder.path, 'dumps'))).toEqual([]);
});

test('F3: what a killed process left of a dump is removed', async () => {
  await using folder = await temporaryFolder();
  const store = await DumpStore.open(folder.path, OPTIONS);
  await store.save(headOf(1), backupOf(FILES));
  for (const name of ['0000000002.tar', '0000000002.json.new'])
    await writeFile(join(folder.path, 'dumps', name), 'half');
  const again = await DumpStore.open(folder.path, OPTIONS);
  expect(again.dumps.map(({ number }) => number)).toEqual([1]);
  expect(again.damaged).toEqual([]);
  expect(await readdir(join(folder.path, 'dumps'))).toEqual(['0000000001.json', '0000000001.tar']);
});

const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'one bit of it is another': (bytes) => {
    const damaged = Buffer.from(bytes);
    damaged[3000] = (damaged[3000] ?? 0) ^ 1;
    return damaged;
  },
  'it is cut short': (bytes) => bytes.subarray(0, 3000),
  'it is empty': () => Buffer.alloc(0),
};

test.each(Object.entries(DAMAGES))('F3: a dump is not taken for one where %s', async (_, damaged) => {
  await using folder = await temporaryFolder();
  const store = await DumpStore.open(folder.path, OPTIONS);
  const dump = await store.save(headOf(1), backupOf(FILES));
  const tar = join(folder.path, 'dumps', '0000000001.tar');
  await writeFile(tar, damaged(await readFile(tar)));
  await expect(store.unpack(dump, join(folder.path, 'unpacked'))).rejects.toThrow(ChunkDamaged);
  await expect(store.unpack(dump, join(folder.path, 'unpacked'))).rejects.toThrow(
    /^what was written at \d+ is not there any more$/,
  );
});

test.each([
  ['damaged', (text: string) => text.replace('"takenAt":2', '"takenAt":3')],
  ['empty', () => ''],
  ['no manifest', () => '{}\n'],
])('F3: one whose manifest is %s is told, and is no dump', async (_, damaged) => {
  await using folder = await temporaryFolder();
  const store = await DumpStore.open(folder.path, OPTIONS);
  for (const takenAt of [1, 2]) await store.save(headOf(takenAt), backupOf(FILES));
  const json = join(folder.path, 'dumps', '0000000002.json');
  await writeFile(json, damaged(await readFile(json, 'utf8')));
  const again = await DumpStore.open(folder.path, OPTIONS);
  expect(again.damaged).toEqual([2]);
  expect(again.dumps.map(({ number }) => number)).toEqual([1]);
  // One dump alone is not relied on.
  expect(again.heldSafely('documents', 'log')).toBe(0);
  expect(await again.save(headOf(5), backupOf(FILES))).toMatchObject({ number: 3 });
  expect(again.heldSafely('documents', 'log')).toBe(1);
});
