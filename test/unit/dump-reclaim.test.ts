import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Mark, readMark, writeMark } from '../../api/dumps/mark.ts';
import { DATABASE, DatabaseLost, reclaim, standingOf } from '../../api/dumps/reclaim.ts';
import { DumpStore } from '../../api/dumps/store.ts';
import { inOneLine } from '../../api/dumps/words.ts';
import type { Boot } from '../../engine/journal/boot.ts';
import { disk } from '../../engine/journal/disk.ts';
import { backupOf } from '../support/backups.ts';
import { damageDump, dumpsIn } from '../support/power-cuts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const BEFORE: Boot = { id: 'before', since: 0 };
const PRESENT: Boot = { id: 'present', since: 1 };
const MARK: Mark = { boot: BEFORE, openedAt: NOW, stopped: false, era: 'first', unsettled: null };

const STANDINGS = {
  'closed in order, whatever happened then': [{ ...MARK, stopped: true }, true, PRESENT, 'whole'],
  'killed since the machine was started': [MARK, true, BEFORE, 'whole'],
  'open when the machine went down': [MARK, true, PRESENT, 'power'],
  'there, and nothing says how it was left': [null, true, PRESENT, 'unmarked'],
  'not there, and was dumped': [MARK, false, PRESENT, 'missing'],
} as const;

test.each(Object.entries(STANDINGS))('F3: what a database is that is %s', (_, row) => {
  const [mark, hasDatabase, boot, standing] = row;
  expect(standingOf({ mark, hasDatabase, hasDump: true }, boot)).toBe(standing);
});

test('F3: a database is new where there is none, and no dump of one', () => {
  expect(standingOf({ mark: null, hasDatabase: false, hasDump: false }, PRESENT)).toBe('new');
  expect(standingOf({ mark: MARK, hasDatabase: false, hasDump: false }, PRESENT)).toBe('new');
});

/** A folder with a database that holds `lost`, and dumps of it that hold each of these. */
async function furnish(dataFolder: string, contents: readonly string[]): Promise<DumpStore> {
  const dumps = await DumpStore.open(dataFolder);
  for (const content of contents)
    await dumps.save({ takenAt: NOW, positions: {} }, backupOf(new Map([['table', Buffer.from(content)]])));
  await mkdir(join(dataFolder, DATABASE));
  await writeFile(join(dataFolder, DATABASE, 'table'), 'lost');
  await writeMark(disk, dataFolder, MARK);
  return dumps;
}

function start(dataFolder: string, dumps: DumpStore, boot = PRESENT): Promise<Mark> {
  return reclaim({ disk, dataFolder, dumps, boot, now: NOW + 1000 });
}

test('F3: what power took is put back to the newest dump, in another era, and kept aside', async () => {
  await using folder = await temporaryFolder();
  const dumps = await furnish(folder.path, ['one', 'two']);
  const mark = await start(folder.path, dumps);
  const aside = 'database.lost-20260105T080000Z-firs';
  expect(mark).toMatchObject({
    boot: PRESENT,
    stopped: false,
    unsettled: { kind: 'put back', why: 'power', dump: 2, takenAt: NOW, aside, damaged: [] },
  });
  expect(mark.era).not.toBe(MARK.era);
  expect(await readFile(join(folder.path, DATABASE, 'table'), 'utf8')).toBe('two');
  expect(await readFile(join(folder.path, aside, 'table'), 'utf8')).toBe('lost');
  // Killed here, the next start in the same boot settles what follows; in another one it is put back anew.
  expect(await start(folder.path, dumps)).toMatchObject({ era: mark.era, unsettled: mark.unsettled });
  const other = await start(folder.path, dumps, { id: 'after', since: 2 });
  expect(other.unsettled).toMatchObject({ kind: 'put back', why: 'power', dump: 2 });
});

test('F3: a damaged dump is passed over and named, and is none from then on', async () => {
  await using folder = await temporaryFolder();
  const dumps = await furnish(folder.path, ['one', 'two']);
  await damageDump(folder.path, '0000000002.tar');
  const { unsettled } = await start(folder.path, dumps);
  expect(unsettled).toMatchObject({ kind: 'put back', dump: 1, damaged: [2] });
  expect(await readFile(join(folder.path, DATABASE, 'table'), 'utf8')).toBe('one');
  expect(await dumpsIn(folder.path)).toEqual(['0000000001.tar']);
  expect(unsettled === null ? null : inOneLine(unsettled, NOW + 90_000)).toMatch(
    /^power was lost [^;]+ put back to dump 1 of 2026-01-05T08:00:00.000Z, 2 min before the last entry of the journal; dump 2 is damaged: /,
  );
});

test('F3: where every dump is damaged a database that is there has to be proved, and one that is not is lost', async () => {
  await using folder = await temporaryFolder();
  await furnish(folder.path, ['one', 'two']);
  await damageDump(folder.path, '0000000001.tar');
  await writeFile(join(folder.path, 'dumps', '0000000002.json'), 'nothing');
  const dumps = await DumpStore.open(folder.path);
  const mark = await start(folder.path, dumps);
  expect(mark.unsettled).toEqual({ kind: 'unproven', why: 'power', damaged: [1, 2] });
  await disk.removeFolder(join(folder.path, DATABASE));
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(start(folder.path, dumps)).rejects.toThrow(DatabaseLost);
  expect(await readdir(folder.path)).not.toContain(DATABASE);
});

test('F3: a damaged manifest alone does not make a database new', async () => {
  await using folder = await temporaryFolder();
  await furnish(folder.path, ['one']);
  await writeFile(join(folder.path, 'dumps', '0000000001.json'), 'nothing');
  await disk.removeFolder(join(folder.path, DATABASE));
  const dumps = await DumpStore.open(folder.path);
  await expect(start(folder.path, dumps)).rejects.toThrow(
    /^the database in \S+ is gone, and no dump of it can be read: restore a backup/,
  );
});

test('F3: without room for it nothing is put back, and the next start tries again', async () => {
  await using folder = await temporaryFolder();
  await furnish(folder.path, ['one']);
  const full = await DumpStore.open(folder.path, { disk: { ...disk, room: () => Promise.resolve(0) } });
  await expect(start(folder.path, full)).rejects.toThrow(/of room, and there are 0 MB$/);
  expect(await readFile(join(folder.path, DATABASE, 'table'), 'utf8')).toBe('lost');
  const dumps = await DumpStore.open(folder.path);
  expect((await start(folder.path, dumps)).unsettled).toMatchObject({ kind: 'put back', dump: 1 });
});

test('F3: the mark is read as it was written; what is none is no mark', async () => {
  await using folder = await temporaryFolder();
  expect(await readMark(disk, folder.path)).toBeNull();
  await writeMark(disk, folder.path, MARK);
  expect(await readMark(disk, folder.path)).toEqual(MARK);
  for (const text of ['', 'null', '{"boot":1}', '{']) {
    await writeFile(join(folder.path, 'database.mark'), text);
    expect(await readMark(disk, folder.path)).toBeNull();
  }
});
