import { expect, test } from 'vitest';
import { JournalBroken, JournalFailed } from '../../engine/journal/port.ts';
import { batchOf, idsOf, read } from '../support/batches.ts';
import { NO_FAULTS } from '../support/crashing-disk.ts';
import { Deferred } from '../support/deferred.ts';
import { hookedDisk } from '../support/hooked-disk.ts';
import { StoredLog } from '../support/stored-logs.ts';

test('F5: a failed write that can not be cut back breaks the journal: followers end, everything is refused', async () => {
  const log = new StoredLog();
  const failing = new Deferred();
  let fails = false;
  const disk = hookedDisk(log.disk, ({ does }) => {
    if (does !== 'datasync' || !fails) return;
    failing.resolve();
    throw new Error('the disk failed, as it was told to');
  });
  const journal = await log.open({ disk });
  const writer = await journal.claim(0);
  await writer.append(batchOf(writer, 'first'));
  const following = follow(journal);
  fails = true;
  const inDoubt = writer.append(batchOf(writer, 'in doubt'));
  await failing.promise;
  const queued = writer.append(batchOf(writer, 'queued'));
  for (const ended of await Promise.allSettled([inDoubt, queued, following]))
    expect(ended).toMatchObject({ reason: { name: 'JournalBroken' } });
  fails = false;
  await expect(writer.append(batchOf(writer, 'late'))).rejects.toThrow(JournalBroken);
  await expect(journal.claim(1)).rejects.toThrow(JournalBroken);
  await expect(follow(journal)).rejects.toThrow(JournalBroken);
  await journal[Symbol.asyncDispose]();
  await using again = await log.open();
  expect(idsOf(await read(again)).filter((id) => id !== 'in doubt')).toEqual(['first']);
});

test('F5: what was written whole and could not be made durable is cut back: no start shows it', async () => {
  const log = new StoredLog();
  let isToFail = false;
  const disk = hookedDisk(log.disk, ({ does }) => {
    if (does !== 'datasync' || !isToFail) return;
    isToFail = false;
    throw new Error('the disk failed, as it was told to');
  });
  const journal = await log.open({ disk });
  const writer = await journal.claim(0);
  await writer.append(batchOf(writer, 'first'));
  isToFail = true;
  await expect(writer.append(batchOf(writer, 'failed'))).rejects.toThrow(JournalFailed);
  await journal[Symbol.asyncDispose]();
  await using again = await log.open();
  expect(idsOf(await read(again))).toEqual(['first']);
});

test('F5: a failure says what failed', async () => {
  const log = new StoredLog();
  await using journal = await log.open();
  const writer = await journal.claim(0);
  log.device.faults = { ...NO_FAULTS, write: 1 };
  const error = await writer.append(batchOf(writer, 'failed')).catch((failure: unknown) => failure);
  log.device.faults = NO_FAULTS;
  expect(error).toMatchObject({
    name: 'JournalBroken',
    cause: { errors: [{ code: 'EIO' }, { code: 'EIO' }] },
  });
});

test('F5: a failed claim claims nothing, and can be repeated', async () => {
  const log = new StoredLog();
  let isToFail = false;
  const disk = hookedDisk(log.disk, ({ does }) => {
    if (does !== 'write' || !isToFail) return;
    isToFail = false;
    throw new Error('the disk failed, as it was told to');
  });
  await using journal = await log.open({ disk });
  isToFail = true;
  const error = await journal.claim(0).catch((failure: unknown) => failure);
  expect(error).toMatchObject({
    name: 'JournalFailed',
    cause: { message: 'the disk failed, as it was told to' },
  });
  const writer = await journal.claim(0);
  await writer.append(batchOf(writer, 'first'));
  expect(idsOf(await read(journal))).toEqual(['first']);
});

test('F5: appends that wait behind a failed one are written', async () => {
  const log = new StoredLog();
  const failing = new Deferred();
  let fails = false;
  const disk = hookedDisk(log.disk, ({ does }) => {
    if (does !== 'datasync' || !fails) return;
    fails = false;
    failing.resolve();
    throw new Error('the disk failed, as it was told to');
  });
  await using journal = await log.open({ disk });
  const writer = await journal.claim(0);
  fails = true;
  const failed = writer.append(batchOf(writer, 'failed'));
  await failing.promise;
  const waiting = writer.append(batchOf(writer, 'waiting'));
  await expect(failed).rejects.toThrow(JournalFailed);
  await waiting;
  expect(idsOf(await read(journal))).toEqual(['waiting']);
});

test('F1: a closed journal keeps no appends, and closes twice', async () => {
  const log = new StoredLog();
  const journal = await log.open();
  const writer = await journal.claim(0);
  const appends = Array.from({ length: 20 }, (_, index) =>
    writer.append(batchOf(writer, `${index}`, new Uint8Array(500))),
  );
  await Promise.resolve();
  const closing = [journal[Symbol.asyncDispose](), journal[Symbol.asyncDispose]()];
  await expect(writer.append(batchOf(writer, 'late'))).rejects.toThrow(JournalFailed);
  await Promise.all([...appends, ...closing]);
  await using again = await log.open();
  expect(idsOf(await read(again))).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
});

async function follow(journal: Awaited<ReturnType<StoredLog['open']>>): Promise<void> {
  for await (const _ of journal.follow(0, new AbortController().signal)) void 0;
}
