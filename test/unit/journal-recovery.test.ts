import { beforeEach, describe, expect, test } from 'vitest';
import type { Group } from '../../engine/journal/groups.ts';
import { JournalCorrupt } from '../../engine/journal/port.ts';
import { batchOf, idsOf, read } from '../support/batches.ts';
import { NO_FAULTS } from '../support/crashing-disk.ts';
import { baseOf, StoredLog } from '../support/stored-logs.ts';

const FIELDS = { magic: 0, length: 4, checksum: 8, follows: 12, position: 20, body: 28 };

describe('one segment with a claim and three batches', () => {
  let log: StoredLog;
  let segment: string;
  let groups: readonly Group[];
  let last: Group;

  beforeEach(async () => {
    log = new StoredLog();
    await writeEach(log, ['first', 'second', 'third']);
    [segment = ''] = await log.segments();
    groups = await log.groups(segment);
    last = groups.at(-1) ?? expect.fail('there is no group');
  });

  test('F2: a log that was closed is opened whole', async () => {
    await using journal = await log.open();
    expect(journal.cut).toBeNull();
    expect(idsOf(await read(journal))).toEqual(['first', 'second', 'third']);
  });

  test.each(Object.entries(FIELDS))(
    'F2: damage in the %s of an earlier group stops the start',
    async (_, at) => {
      for (const group of groups.slice(0, -1)) {
        await flip(log, segment, group.position + at);
        const error = await log.open().catch((failure: unknown) => failure);
        expect(error).toBeInstanceOf(JournalCorrupt);
        expect(String(error)).toContain(`the journal is damaged at position ${group.position}:`);
        await flip(log, segment, group.position + at);
      }
      await using journal = await log.open();
      expect(idsOf(await read(journal))).toEqual(['first', 'second', 'third']);
    },
  );

  test('F2: damage at any byte of an earlier group stops the start', async () => {
    const [, , group = last] = groups;
    for (let at = group.position; at < group.end; at++) {
      await flip(log, segment, at);
      await expect(log.open()).rejects.toThrow(JournalCorrupt);
      await flip(log, segment, at);
    }
  });

  test('F2: damage at any byte of the last group is a torn tail: cut and reported', async () => {
    for (let at = last.position; at < last.end; at++) {
      await flip(log, segment, at);
      await using journal = await log.open();
      expect(journal.cut).toEqual({ position: last.position, bytes: last.bytes.length });
      expect(idsOf(await read(journal))).toEqual(['first', 'second']);
      await log.overwrite(segment, last.bytes, last.position);
    }
  });

  test('F2: a torn tail of every length is cut and reported, and can be written over', async () => {
    for (let length = 1; length < last.bytes.length; length++) {
      const torn = Buffer.alloc(last.bytes.length);
      last.bytes.copy(torn, 0, 0, length);
      await log.overwrite(segment, torn, last.position);
      const cutting = await log.open();
      expect(cutting.cut).toEqual({ position: last.position, bytes: lengthOf(torn) });
      await cutting[Symbol.asyncDispose]();
      const journal = await log.open();
      expect(journal.cut).toBeNull();
      const writer = await journal.claim(0);
      await writer.append(batchOf(writer, 'over it'));
      await journal[Symbol.asyncDispose]();
      await using again = await log.open();
      expect(again.cut).toBeNull();
      expect(idsOf(await read(again))).toEqual(['first', 'second', 'over it']);
      await log.overwrite(segment, Buffer.alloc(1000), last.position);
    }
  });

  test('F2: a tail whose first sectors are lost and later ones are there is cut', async () => {
    const journal = await log.open();
    const writer = await journal.claim(0);
    await writer.append(batchOf(writer, 'large', Buffer.alloc(2000, 'x')));
    await journal[Symbol.asyncDispose]();
    const large = (await log.groups(segment)).at(-1) ?? last;
    const lost = 512 - (large.position % 512);
    await log.overwrite(segment, Buffer.alloc(lost), large.position);
    await using again = await log.open();
    expect(again.cut).toEqual({ position: large.position, bytes: large.bytes.length });
    expect(idsOf(await read(again))).toEqual(['first', 'second', 'third']);
  });
});

describe('what can be taken for something else', () => {
  test('F2: the bytes of a group among the events of a torn one are no group', async () => {
    const log = new StoredLog();
    await writeEach(log, ['first']);
    const [segment = ''] = await log.segments();
    const [, first] = await log.groups(segment);
    const journal = await log.open();
    const writer = await journal.claim(0);
    await writer.append(batchOf(writer, 'a copy', first?.bytes));
    await journal[Symbol.asyncDispose]();
    const { position = 0 } = (await log.groups(segment)).at(-1) ?? {};
    await flip(log, segment, position);
    await using again = await log.open();
    expect(again.cut?.position).toBe(position);
    expect(idsOf(await read(again))).toEqual(['first']);
  });

  test('F2: what a start shows is durable, even where a killed process could not sync it', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const log = new StoredLog(seed);
      await writeEach(log, ['first']);
      // The next process starts, claims, writes, and is killed as it syncs, or when that failed, before it cuts back.
      const failures = seed % 2;
      const stalled = log.kill(8 + failures);
      const journal = await log.open();
      const writer = await journal.claim(0);
      log.device.faults = { ...NO_FAULTS, datasync: failures };
      void writer.append(batchOf(writer, 'in doubt'));
      await stalled;
      log.device.faults = NO_FAULTS;
      void log.kill();
      const shown = idsOf(await read(await log.open()));
      log.crash();
      expect(idsOf(await read(await log.open()))).toEqual(shown);
    }
  });

  test('G1: a log without its identity is given another one, and keeps that', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const log = new StoredLog(seed);
      await writeEach(log, ['first']);
      await log.remove('epoch');
      const { epoch } = await log.open();
      log.crash();
      expect((await log.open()).epoch).toBe(epoch);
    }
  });

  test('G1: a log that was emptied is another log', async () => {
    const log = new StoredLog();
    const { epoch } = await log.open();
    for (const segment of await log.segments()) await log.remove(segment);
    expect((await log.open()).epoch).not.toBe(epoch);
  });
});

describe('several segments', () => {
  let log: StoredLog;
  let segments: readonly string[];

  beforeEach(async () => {
    log = new StoredLog();
    await writeEach(log, ids(12), 1000);
    segments = await log.segments();
  });

  test('F2: damage in a closed segment stops the replay, wherever it is', async () => {
    const [closed = ''] = segments;
    for (const group of await log.groups(closed)) {
      await flip(log, closed, group.position + FIELDS.body);
      expect(await damageOf(log)).toContain(`damaged at position ${group.position}:`);
      await flip(log, closed, group.position + FIELDS.body);
    }
  });

  test('F2: a last group that is gone from a closed segment without a trace stops the replay', async () => {
    const [, closed = ''] = segments;
    const last = (await log.groups(closed)).at(-1);
    const [position = 0, end = 0] = [last?.position, last?.end];
    await log.overwrite(closed, Buffer.alloc(end - position), position - baseOf(closed));
    expect(await damageOf(log)).toContain(`damaged at position ${position}:`);
  });

  test('F2: damage to what was written last, under a running journal, stops the replay', async () => {
    await using journal = await log.open({ keepBytes: 0 });
    const writer = await journal.claim(0);
    await writer.append(batchOf(writer, 'more'));
    const offset = await writer.append(batchOf(writer, 'last'));
    await writer.append(batchOf(writer, 'kept at hand'));
    const current = (await log.segments()).findLast((segment) => baseOf(segment) < offset) ?? '';
    await flip(log, current, offset - 1);
    await expect(read(journal)).rejects.toThrow(JournalCorrupt);
  });

  test('F2: a segment that is gone stops the replay', async () => {
    const [first = '', second = ''] = segments;
    await log.remove(second);
    expect(await damageOf(log)).toContain(`damaged at position ${(await log.groups(first)).at(-1)?.end}:`);
  });

  test('F2: a first segment that holds nothing, though others were given up before it, stops the start', async () => {
    const current = segments.at(-1) ?? '';
    for (const segment of segments.slice(0, -1)) await log.remove(segment);
    await log.overwrite(current, Buffer.alloc(4096));
    await expect(log.open()).rejects.toThrow(JournalCorrupt);
  });

  test('F2: a torn first group of a new segment is cut, and the segment before goes on', async () => {
    const used = [];
    for (const segment of segments) if ((await log.groups(segment)).length > 0) used.push(segment);
    const current = used.at(-1) ?? '';
    const [first] = await log.groups(current);
    await log.overwrite(current, Buffer.alloc(4096));
    await log.overwrite(current, first?.bytes.subarray(0, -1) ?? Buffer.of());
    await using journal = await log.open();
    expect(journal.cut?.position).toBe(baseOf(current));
    const kept = idsOf(await read(journal));
    expect(kept).toEqual(ids(12).slice(0, kept.length));
    const writer = await journal.claim(0);
    expect(writer.term).toBe(2);
    await writer.append(batchOf(writer, 'more', Buffer.alloc(1000)));
    expect(idsOf(await read(journal))).toEqual([...kept, 'more']);
  });
});

async function writeEach(log: StoredLog, batchIds: readonly string[], bytes = 30): Promise<void> {
  const journal = await log.open();
  const writer = await journal.claim(0);
  for (const id of batchIds) await writer.append(batchOf(writer, id, Buffer.alloc(bytes, id)));
  await journal[Symbol.asyncDispose]();
}

async function flip(log: StoredLog, segment: string, at: number): Promise<void> {
  const bytes = await log.bytes(segment);
  const index = at - baseOf(segment);
  await log.overwrite(segment, Buffer.of((bytes[index] ?? 0) ^ 0xff), index);
}

/** What a replay says of it. */
async function damageOf(log: StoredLog): Promise<string> {
  await using journal = await log.open();
  const error = await read(journal).catch((failure: unknown) => failure);
  return error instanceof JournalCorrupt ? error.message : 'nothing';
}

function ids(length: number): readonly string[] {
  return Array.from({ length }, (_, index) => `batch ${index}`);
}

/** Up to the last byte that is not zero. */
function lengthOf(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
