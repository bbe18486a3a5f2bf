import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lockFolder } from '../../engine/journal/lock.ts';
import { FolderLocked } from '../../engine/journal/port.ts';
import { LockProcess } from '../support/lock-processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: string;
let path: string;

beforeEach(async () => {
  temporary = await temporaryFolder();
  folder = join(temporary.path, 'data');
  path = join(folder, 'lock');
});
afterEach(() => temporary[Symbol.asyncDispose]());

describe('a holder that lives', () => {
  test('F2: one lock in a process: the second is refused in one line that names the holder', async () => {
    await using lock = await lockFolder(folder);
    expect(lock.folder).toBe(folder);
    const error = await lockFolder(folder).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(FolderLocked);
    expect(String(error)).toMatch(
      new RegExp(`^FolderLocked: ${folder} is in use by process ${process.pid} on \\S+$`),
    );
  });

  test('F2: a released lock can be taken, and is released once', async () => {
    const first = await lockFolder(folder);
    await first[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
    await using _ = await lockFolder(folder);
    await first[Symbol.asyncDispose]();
    await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
  });

  test('F2: another process is refused while it lives, and let in when it released', async () => {
    await using other = await LockProcess.start();
    expect(await other.ask({ take: folder })).toBe('taken');
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${other.pid} on `);
    expect(await other.ask({ release: true })).toBe('released');
    await using _ = await lockFolder(folder);
    expect(JSON.stringify(await other.ask({ take: folder }))).toContain('FolderLocked: ');
  });
});

describe('a holder that is dead', () => {
  test('F2: the lock of a killed process is taken over at once', async () => {
    await using other = await LockProcess.start();
    await other.ask({ take: folder });
    await other.kill();
    await using _ = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  test.runIf(process.platform === 'linux')(
    'F2: a killed process that nobody buried is not alive',
    async () => {
      await using careless = await LockProcess.startUnburied();
      await careless.ask({ take: folder });
      const { pid } = await holder();
      process.kill(Number(pid), 'SIGKILL');
      await vi.waitUntil(async () => (await readFile(`/proc/${String(pid)}/stat`, 'utf8')).includes(') Z '));
      await using _ = await lockFolder(folder);
      expect(await holder()).toMatchObject({ pid: process.pid });
    },
  );

  test('F2: a process of the same number that was started at another time is not the holder', async () => {
    await leave({ started: '1' });
    await using _ = await lockFolder(folder);
    expect(await holder()).toMatchObject({ pid: process.pid });
  });

  test('F2: a lock from before the machine was started again is taken over at once', async () => {
    await leave({ boot: 'another boot' });
    await using _ = await lockFolder(folder);
    expect(await holder()).toMatchObject({ pid: process.pid });
  });

  test.each(['', '{', 'null', '{"pid":1}'])(
    'F2: what a power cut left of a lock holds nobody out: %j',
    async (content) => {
      await (await lockFolder(folder))[Symbol.asyncDispose]();
      await writeFile(path, content);
      await using _ = await lockFolder(folder);
      expect(await holder()).toMatchObject({ pid: process.pid });
    },
  );

  test('F2: so is one whose taking-over was itself cut off', async () => {
    await leave({ started: '1' });
    await writeFile(`${path}.dead`, await readFile(path));
    await using _ = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['lock']);
  });
});

describe('a holder who can not be asked after', () => {
  test.each([
    ['on another machine', { boot: 'another boot', host: 'another-host' }],
    ['in another container on this machine', { namespace: 'pid:[1]', host: 'another-host' }],
    ['in another container of the same host name', { namespace: 'pid:[1]' }],
  ])('F2: %s keeps its lock until it was silent for a while', async (_, elsewhere) => {
    await leave(elsewhere);
    await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    await using _lock = await lockFolder(folder);
    expect(await holder()).toMatchObject({ pid: process.pid });
  });
});

describe('several who race for a dead lock', () => {
  test('F2: in one process, one wins', async () => {
    for (let round = 0; round < 100; round++) {
      await leave({ started: '1' });
      const races = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      const won = races.flatMap((race) => (race.status === 'fulfilled' ? [race.value] : []));
      const lost = races.flatMap((race) => (race.status === 'rejected' ? [race.reason as unknown] : []));
      expect(won).toHaveLength(1);
      expect(lost.filter((error) => !(error instanceof FolderLocked))).toEqual([]);
      for (const lock of won) await lock[Symbol.asyncDispose]();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test('F2: in several processes, one wins', { timeout: 60_000 }, async () => {
    await using first = await LockProcess.start();
    await using second = await LockProcess.start();
    await using third = await LockProcess.start();
    const processes = [first, second, third];
    for (let round = 0; round < 100; round++) {
      await leave({ started: '1' });
      const answers = await Promise.all(processes.map((process) => process.ask({ take: folder })));
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
      await processes[answers.indexOf('taken')]?.ask({ release: true });
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

/** Leaves a lock behind like this process's own, but for some fields. */
async function leave(other: Readonly<Record<string, string>>): Promise<void> {
  const lock = await lockFolder(folder);
  const own = await holder();
  await lock[Symbol.asyncDispose]();
  await writeFile(path, JSON.stringify({ ...own, token: 'another', ...other }));
}

async function holder(): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>>;
}
