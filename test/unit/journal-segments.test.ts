import { expect, test } from 'vitest';
import { JournalBroken, JournalCorrupt, JournalFailed } from '../../engine/journal/port.ts';
import { batchOf, idsOf, read } from '../support/batches.ts';
import { Deferred } from '../support/deferred.ts';
import { hookedDisk } from '../support/hooked-disk.ts';
import { StoredLog } from '../support/stored-logs.ts';

const KILOBYTE = new Uint8Array(1000);

test('F2: what an interrupted preparation of a segment left is removed at the start', async () => {
  const log = new StoredLog();
  await (await log.open())[Symbol.asyncDispose]();
  await log.overwrite('0000000000004096.log.new', Buffer.alloc(777));
  await log.overwrite('0000000000004096.log', Buffer.alloc(4096));
  await log.overwrite('notes.log', Buffer.from('not ours'));
  await using journal = await log.open();
  expect(await log.names()).toEqual(['0000000000000000.log', 'epoch', 'notes.log']);
  expect(journal.cut).toBeNull();
});

test('F1: a group larger than a segment gets a segment of its size', async () => {
  const log = new StoredLog();
  const journal = await log.open();
  const writer = await journal.claim(0);
  await writer.append(batchOf(writer, 'small'));
  await writer.append(batchOf(writer, 'large', Buffer.alloc(50_000, 'large')));
  await writer.append(batchOf(writer, 'small again'));
  await journal[Symbol.asyncDispose]();
  await using again = await log.open();
  const batches = await read(again);
  expect(idsOf(batches)).toEqual(['small', 'large', 'small again']);
  expect(Buffer.compare(batches[1]?.events ?? Buffer.of(), Buffer.alloc(50_000, 'large'))).toBe(0);
});

test('F1: groups are read whole wherever they stand among others, also those larger than what is read at once', async () => {
  const log = new StoredLog();
  const segmentBytes = 32 << 20;
  const journal = await log.open({ segmentBytes });
  const writer = await journal.claim(0);
  const sizes = [10, 3_000_000, 1_100_000, 94_000, 9_000_000, 10, 5_000_000, 4_194_304, 4_194_303, 10];
  for (const [index, size] of sizes.entries())
    await writer.append(batchOf(writer, `${index}`, Buffer.alloc(size, `${index} `)));
  await journal[Symbol.asyncDispose]();
  await using again = await log.open({ segmentBytes });
  expect(again.cut).toBeNull();
  const batches = await read(again);
  expect(idsOf(batches)).toEqual(sizes.map((_, index) => `${index}`));
  for (const [index, { events }] of batches.entries())
    expect(Buffer.alloc(sizes[index] ?? 0, `${index} `).equals(events)).toBe(true);
});

test('F4: what is behind an offset is read, wherever in a group it is', async () => {
  const log = new StoredLog();
  const journal = await log.open();
  const writer = await journal.claim(0);
  const ids = Array.from({ length: 24 }, (_, index) => `${index}`);
  const offsets: number[] = [];
  for (let first = 0; first < ids.length; first += 4) {
    const group = ids.slice(first, first + 4);
    offsets.push(
      ...(await Promise.all(group.map((id) => writer.append(batchOf(writer, id, KILOBYTE.subarray(300)))))),
    );
  }
  await journal[Symbol.asyncDispose]();
  await using again = await log.open();
  for (const [index, offset] of offsets.entries())
    expect(idsOf(await read(again, offset))).toEqual(ids.slice(index + 1));
});

test('F4: where a group begins at an offset, nothing before it is read', async () => {
  const log = new StoredLog();
  const journal = await log.open();
  const writer = await journal.claim(0);
  await writer.append(batchOf(writer, 'damaged', KILOBYTE));
  const offset = await writer.append(batchOf(writer, 'an image has it', KILOBYTE));
  for (const id of ['a', 'b', 'c', 'd']) await writer.append(batchOf(writer, id, KILOBYTE));
  await journal[Symbol.asyncDispose]();
  const [closed = ''] = await log.segments();
  await log.overwrite(closed, Buffer.of(1), 500);
  await using again = await log.open();
  expect(idsOf(await read(again, offset))).toEqual(['a', 'b', 'c', 'd']);
  await expect(read(again)).rejects.toThrow(JournalCorrupt);
  await log.overwrite(closed, Buffer.of(1), offset + 500);
  await expect(read(again, offset)).rejects.toThrow(`damaged at position ${offset}:`);
});

test('F1: the size of segments may change from run to run', async () => {
  const log = new StoredLog();
  const written: string[] = [];
  for (const segmentBytes of [4096, 1024, 20_000, 2048, 64_000, 1024]) {
    const journal = await log.open({ segmentBytes });
    const writer = await journal.claim(0);
    for (let index = 0; index < 9; index++) {
      written.push(`${segmentBytes} ${written.length}`);
      await writer.append(batchOf(writer, written.at(-1) ?? '', KILOBYTE));
    }
    expect(idsOf(await read(journal))).toEqual(written);
    await journal[Symbol.asyncDispose]();
  }
});

test('F3: a full disk refuses appends, and the journal goes on by itself when there is space', async () => {
  const log = new StoredLog();
  await using journal = await log.open();
  const writer = await journal.claim(0);
  const written: string[] = [];
  const append = async (id: string) => {
    await writer.append(batchOf(writer, id, KILOBYTE));
    written.push(id);
  };
  log.device.capacity = log.device.used + 1500;
  for (let index = 0; index < 3; index++) await append(`${index}`);
  for (let index = 0; index < 3; index++)
    await expect(append(`refused ${index}`)).rejects.toThrow(JournalFailed);
  expect(idsOf(await read(journal))).toEqual(written);
  log.device.capacity = Infinity;
  for (let index = 3; index < 20; index++) await append(`${index}`);
  expect(idsOf(await read(journal))).toEqual(written);
  expect((await log.names()).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('F3: a disk that was full while a segment was prepared refuses nothing when it no longer is', async () => {
  const log = new StoredLog();
  await using journal = await log.open();
  const writer = await journal.claim(0);
  log.device.capacity = log.device.used;
  for (let index = 0; index < 3; index++) await writer.append(batchOf(writer, `${index}`, KILOBYTE));
  log.device.capacity = Infinity;
  await writer.append(batchOf(writer, '3', KILOBYTE));
  expect(idsOf(await read(journal))).toEqual(['0', '1', '2', '3']);
});

test('F1: a segment whose first write failed begins with the claims all the same', async () => {
  const log = new StoredLog();
  const journal = await log.open();
  const quiet = await journal.claim(9);
  const writer = await journal.claim(0);
  for (let index = 0; index < 3; index++) await writer.append(batchOf(writer, `${index}`, KILOBYTE));
  log.device.faults = { write: 0, datasync: 1, syncFolder: 0, create: 0 };
  await expect(writer.append(batchOf(writer, 'failed', KILOBYTE))).rejects.toThrow(JournalBroken);
  await journal[Symbol.asyncDispose]();
  log.device.faults = { write: 0, datasync: 0, syncFolder: 0, create: 0 };
  const again = await log.open();
  const next = await again.claim(0);
  for (let index = 3; index < 9; index++) await next.append(batchOf(next, `${index}`, KILOBYTE));
  await again[Symbol.asyncDispose]();
  await using last = await log.open();
  await last.trim(await last.head());
  expect((await last.claim(9)).term).toBe(quiet.term + 1);
});

test('F3: reading and trimming leave a segment alone that is being prepared', async () => {
  const log = new StoredLog();
  const started = new Deferred();
  const hold = new Deferred();
  const disk = hookedDisk(log.disk, async ({ does, path }) => {
    if (does !== 'rename' || !path.includes('0000004096')) return;
    started.resolve();
    await hold.promise;
  });
  await using journal = await log.open({ disk, keepBytes: 0 });
  const writer = await journal.claim(0);
  for (let index = 0; index < 3; index++) await writer.append(batchOf(writer, `${index}`, KILOBYTE));
  await started.promise;
  const append = writer.append(batchOf(writer, '3', KILOBYTE));
  expect(idsOf(await read(journal))).toEqual(['0', '1', '2']);
  await journal.trim(await journal.head());
  hold.resolve();
  await append;
  expect(idsOf(await read(journal))).toEqual(['0', '1', '2', '3']);
});

test('F3: a follower goes on behind what is trimmed while it reads', async () => {
  const log = new StoredLog();
  await using journal = await log.open({ keepBytes: 0 });
  const writer = await journal.claim(0);
  for (let index = 0; index < 40; index++) await writer.append(batchOf(writer, `${index}`, KILOBYTE));
  const seen: number[] = [];
  for await (const { id } of journal.follow(0, new AbortController().signal)) {
    seen.push(Number(id));
    if (id === '1') await journal.trim(await journal.head());
    if (id === '39') break;
  }
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.length).toBeLessThan(40);
});

test('F2: every file that was opened is closed', async () => {
  const log = new StoredLog();
  let open = 0;
  const disk = hookedDisk(log.disk, ({ does }) => {
    if (does === 'open' || does === 'create') open++;
    if (does === 'close') open--;
  });
  const journal = await log.open({ disk, keepBytes: 0 });
  const writer = await journal.claim(0);
  for (let index = 0; index < 20; index++) await writer.append(batchOf(writer, `${index}`, KILOBYTE));
  await writer.append(batchOf(writer, 'large', new Uint8Array(9000)));
  for await (const _ of journal.follow(0, new AbortController().signal)) break;
  await journal[Symbol.asyncDispose]();
  expect(open).toBe(0);
  await (await log.open({ disk }))[Symbol.asyncDispose]();
  expect(open).toBe(0);
  const [first] = await log.segments();
  for (const segment of (await log.segments()).slice(1)) await log.remove(segment);
  await log.overwrite(first ?? '', Buffer.of(0), 0);
  await expect(log.open({ disk })).rejects.toThrow(JournalCorrupt);
  expect(open).toBe(0);
});
