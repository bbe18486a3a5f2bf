import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type FileJournal, openFileJournal } from '../../engine/journal/file.ts';
import type { CommittedBatch } from '../../engine/journal/port.ts';
import { batchOf, read } from '../support/batches.ts';
import { StoredLog } from '../support/stored-logs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Written when format 1 was new. Never written again: what it holds must be readable for ever. */
const FORMAT_1 = fileURLToPath(new URL('../support/fixtures/journal-format-1', import.meta.url));
const SEGMENT_BYTES = 1024;

test('B9: a log of format 1 is read as it was written', async () => {
  await using folder = await temporaryFolder();
  await cp(FORMAT_1, folder.path, { recursive: true });
  await using journal = await openFileJournal({ lock: { folder: folder.path } });
  expect(journal.epoch).toBe('64fdbb70-3f8f-4b0c-bd5f-5e2c4d6b7a10');
  expect(journal.cut).toBeNull();
  expect((await read(journal)).map(inShort)).toEqual([
    [0, 1, 'first', 1, 'one', 147],
    [3, 1, 'in the same write', 1, 'two', 210],
    [0, 1, 'and so is this', 1, 'three', 244],
    [3, 1, 'zoë-✓', 1, '00ff80c3', 299],
    [3, 1, 'nothing', 1, '', 349],
    [3, 1, 'large', 1, '700 × a', 1812],
    [0, 2, 'by a newer writer', 1, 'four', 1924],
  ]);
  expect((await journal.claim(0)).term).toBe(3);
  expect((await journal.claim(3)).term).toBe(2);
});

test('B9: format 1 is what is written', async () => {
  await using folder = await temporaryFolder();
  const journal = await openFileJournal({ lock: { folder: folder.path }, segmentBytes: SEGMENT_BYTES });
  await write(journal);
  await journal[Symbol.asyncDispose]();
  expect(await segmentsIn(folder.path)).toEqual(await segmentsIn(FORMAT_1));
});

test('B9: a log of a later format stops the start, and stays as it is', async () => {
  const log = new StoredLog();
  await write(await log.open());
  const [segment = ''] = await log.segments();
  await log.overwrite(segment, Buffer.from('RCL2'));
  const stored = await log.bytes(segment);
  await expect(log.open()).rejects.toThrow(
    "goes on in format 2 at position 0, which this version can't read",
  );
  expect(Buffer.compare(await log.bytes(segment), stored)).toBe(0);
});

async function write(journal: FileJournal): Promise<void> {
  const left = await journal.claim(0);
  const right = await journal.claim(3);
  await left.append(batchOf(left, 'first', Buffer.from('one')));
  await Promise.all([
    right.append(batchOf(right, 'in the same write', Buffer.from('two'))),
    left.append(batchOf(left, 'and so is this', Buffer.from('three'))),
  ]);
  await right.append(batchOf(right, 'zoë-✓', Buffer.from('00ff80c3', 'hex')));
  await right.append(batchOf(right, 'nothing', Buffer.of()));
  await right.append(batchOf(right, 'large', Buffer.alloc(700, 'a')));
  const newer = await journal.claim(0);
  await newer.append(batchOf(newer, 'by a newer writer', Buffer.from('four')));
}

function inShort({ partition, term, id, count, events, offset }: CommittedBatch): readonly unknown[] {
  const text = Buffer.from(events).toString(id === 'zoë-✓' ? 'hex' : 'utf8');
  return [partition, term, id, count, text.length > 99 ? `${text.length} × ${text[0]}` : text, offset];
}

async function segmentsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const journal = join(folder, 'journal');
  const names = (await readdir(journal)).filter((name) => name.endsWith('.log'));
  const hex = await Promise.all(
    names.map(async (name) => (await readFile(join(journal, name))).toString('hex')),
  );
  return new Map(names.map((name, index) => [name, hex[index] ?? '']));
}
