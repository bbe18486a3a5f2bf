import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fenced, type Journal, JournalFailed, type Offset } from '../../engine/journal/port.ts';
import { batchOf, idsOf, read, readUntil } from '../support/batches.ts';
import { type DrivenJournal, fileDriver, memoryDriver } from '../support/journal-drivers.ts';
import { Seeded } from '../support/seeded.ts';

describe.each([memoryDriver, fileDriver])('the $name journal', ({ begin }) => {
  let driven: DrivenJournal;
  let journal: Journal;

  beforeEach(async () => {
    driven = await begin();
    journal = driven.journal;
  });
  afterEach(() => driven[Symbol.asyncDispose]());

  describe('claims', () => {
    test('F1: every claim of a partition raises its term, and that of no other', async () => {
      const terms = [];
      for (let round = 0; round < 5; round++) terms.push((await journal.claim(3, 'node')).term);
      expect(terms).toEqual([1, 2, 3, 4, 5]);
      expect((await journal.claim(4, 'node')).term).toBe(1);
    });

    test('F1: of two who claim a partition in turn the older is always fenced', async () => {
      let older = await journal.claim(0, 'node-0');
      for (let round = 1; round <= 50; round++) {
        await older.append(batchOf(older, `${round} by the older`));
        const newer = await journal.claim(0, `node-${round % 2}`);
        await expect(older.append(batchOf(older, `${round} too late`))).rejects.toThrow(Fenced);
        older = newer;
      }
      expect(idsOf(await read(journal))).toEqual(range(50).map((index) => `${index + 1} by the older`));
    });

    test('F1: a claim fences the appends that are under way', async () => {
      for (let round = 0; round < 20; round++) {
        const older = await journal.claim(0, 'older');
        const before = range(5).map((index) => older.append(batchOf(older, `${round} before ${index}`)));
        const claim = journal.claim(0, 'newer');
        const meanwhile = range(5).map((index) =>
          older.append(batchOf(older, `${round} meanwhile ${index}`)),
        );
        const settled = Promise.allSettled([...before, ...meanwhile]);
        const newer = await claim;
        const last = await newer.append(batchOf(newer, `${round} by the newer`));
        const wrong = (await settled).filter((append) =>
          append.status === 'fulfilled' ? append.value > last : !(append.reason instanceof Fenced),
        );
        expect(wrong).toEqual([]);
        await expect(older.append(batchOf(older, `${round} too late`))).rejects.toThrow(Fenced);
      }
      const terms = (await read(journal)).map(({ term }) => term);
      expect(terms).toEqual(terms.toSorted((a, b) => a - b));
    });

    test('F1: of claims at the same time the last one stands', async () => {
      const writers = await Promise.all(range(5).map((index) => journal.claim(0, `node-${index}`)));
      const appends = await Promise.allSettled(
        writers.map((writer) => writer.append(batchOf(writer, 'first'))),
      );
      expect(writers.map(({ term }) => term)).toEqual([1, 2, 3, 4, 5]);
      expect(appends.map(({ status }) => status)).toEqual([
        ...Array<string>(4).fill('rejected'),
        'fulfilled',
      ]);
    });
  });

  describe('appends', () => {
    test('B4: offsets rise over the whole log, in the order in which batches came', async () => {
      const writers = await Promise.all(range(16).map((partition) => journal.claim(partition, 'node')));
      const offsets = await Promise.all(
        range(50).flatMap((index) =>
          writers.map((writer) => writer.append(batchOf(writer, `${writer.partition}-${index}`))),
        ),
      );
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      expect(new Set(offsets).size).toBe(800);
      const batches = await read(journal);
      expect(batches.map(({ offset }) => offset)).toEqual(offsets);
      for (const { partition } of writers) {
        const ids = idsOf(batches.filter((batch) => batch.partition === partition));
        expect(ids).toEqual(range(50).map((index) => `${partition}-${index}`));
      }
    });

    test('F1: nothing is shown before it is durable', async () => {
      const writer = await journal.claim(0, 'node');
      const seen: string[] = [];
      const following = readUntil(journal, 0, ({ id }) => (seen.push(id), id === 'second'));
      await writer.append(batchOf(writer, 'first'));
      const open = driven.hold();
      const append = writer.append(batchOf(writer, 'second'));
      await aWhile();
      expect(seen).toEqual(['first']);
      const head = await journal.head();
      open();
      expect(await append).toBeGreaterThan(head);
      await following;
      expect(seen).toEqual(['first', 'second']);
      expect(await journal.head()).toBe(await append);
    });

    test('F1: a writer in doubt may repeat a batch: it has one offset and is there once', async () => {
      const writer = await journal.claim(0, 'node');
      const batch = batchOf(writer, 'in doubt');
      const offsets = await Promise.all(range(5).map(() => writer.append(batch)));
      await writer.append(batchOf(writer, 'another'));
      offsets.push(await writer.append(batch));
      expect(new Set(offsets).size).toBe(1);
      expect(idsOf(await read(journal))).toEqual(['in doubt', 'another']);
    });

    test('F1: batches of the same id in two partitions are two batches', async () => {
      const writers = [await journal.claim(0, 'node'), await journal.claim(1, 'node')];
      const offsets = await Promise.all(writers.map((writer) => writer.append(batchOf(writer, 'same'))));
      expect(new Set(offsets).size).toBe(2);
      expect((await read(journal)).map(({ partition }) => partition)).toEqual([0, 1]);
    });

    test('F5: a failed append is nowhere, and may be tried again', async () => {
      const writer = await journal.claim(0, 'node');
      await writer.append(batchOf(writer, 'first'));
      driven.failNext();
      await expect(writer.append(batchOf(writer, 'failed'))).rejects.toThrow(JournalFailed);
      driven.failNext();
      await expect(writer.append(batchOf(writer, 'tried again'))).rejects.toThrow(JournalFailed);
      expect(idsOf(await read(journal))).toEqual(['first']);
      await writer.append(batchOf(writer, 'tried again'));
      expect(idsOf(await read(journal))).toEqual(['first', 'tried again']);
    });

    test('F1: events come back as they went, whatever bytes they are', async () => {
      const writer = await journal.claim(0, 'node');
      const random = new Seeded(1);
      const events = [
        new Uint8Array(),
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
        new Uint8Array(5000),
        random.bytes(300_000),
        Buffer.from('{"name":"Zoë 👋"}'),
      ];
      for (const [index, bytes] of events.entries())
        await writer.append(batchOf(writer, `batch ${index} ✓`, bytes));
      const batches = await read(await (driven.reopen?.() ?? journal));
      for (const [index, bytes] of events.entries())
        expect(Buffer.compare(batches[index]?.events ?? Buffer.of(), bytes)).toBe(0);
      expect(idsOf(batches)).toEqual(range(5).map((index) => `batch ${index} ✓`));
    });

    test('F1: a batch that no log can hold is refused, and those beside it are not', async () => {
      const writer = await journal.claim(0, 'node');
      const fine = writer.append(batchOf(writer, 'fine'));
      const refused = [
        { ...batchOf(writer, 'empty'), count: 0 },
        batchOf(writer, 'é'.repeat(128)),
        batchOf({ partition: 1, term: 1 }, "another partition's"),
        batchOf({ partition: 0, term: 2 }, "another term's"),
      ];
      for (const batch of refused) await expect(writer.append(batch)).rejects.toThrow(RangeError);
      await fine;
      await expect(journal.claim(0x10000, 'node')).rejects.toThrow(RangeError);
      await expect(journal.claim(-1, 'node')).rejects.toThrow(RangeError);
      expect(idsOf(await read(journal))).toEqual(['fine']);
    });
  });

  describe('followers', () => {
    test('G1: see all behind their offset, from the beginning, the middle and the head', async () => {
      const writer = await journal.claim(0, 'node');
      const offsets: Offset[] = [];
      for (const index of range(20)) offsets.push(await writer.append(batchOf(writer, `${index}`)));
      const following = [0, offsets[9] ?? 0, offsets[19] ?? 0].map((after) =>
        readUntil(journal, after, ({ id }) => id === '20'),
      );
      await writer.append(batchOf(writer, '20'));
      const [all, half, one] = (await Promise.all(following)).map(idsOf);
      expect(all).toEqual(range(21).map(String));
      expect(half).toEqual(range(21).slice(10).map(String));
      expect(one).toEqual(['20']);
    });

    test('G1: see no gap and no repeat while appends run, however slow they are', async () => {
      const writers = await Promise.all(range(4).map((partition) => journal.claim(partition, 'node')));
      const random = new Seeded(2);
      const following = range(5).map((slowness) => readSlowly(journal, slowness));
      for (const index of range(150)) {
        await Promise.all(
          writers.map((writer) => writer.append(batchOf(writer, `${index}`, random.bytes(100)))),
        );
      }
      const batches = await read(journal);
      expect(batches).toHaveLength(600);
      for (const follower of following) expect(await follower).toEqual(batches.map(({ offset }) => offset));
    });

    test('G1: end promptly when they are aborted, and leave nothing behind', async () => {
      const writer = await journal.claim(0, 'node');
      await writer.append(batchOf(writer, 'first'));
      const aborting = new AbortController();
      const { signal } = aborting;
      const seen: string[] = [];
      const following = range(8).map(async () => {
        for await (const { id } of journal.follow(0, signal)) seen.push(id);
      });
      await writer.append(batchOf(writer, 'second'));
      await aWhile();
      aborting.abort();
      await Promise.all(following);
      await writer.append(batchOf(writer, 'unseen'));
      expect(seen.toSorted()).toEqual([
        ...Array<string>(8).fill('first'),
        ...Array<string>(8).fill('second'),
      ]);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      for await (const _ of journal.follow(0, signal)) expect.fail('the signal was aborted before');
    });

    test('G1: may be aborted in the middle of what is stored', async () => {
      const writer = await journal.claim(0, 'node');
      for (const index of range(100)) await writer.append(batchOf(writer, `${index}`, new Uint8Array(200)));
      const aborting = new AbortController();
      const seen: string[] = [];
      for await (const { id } of journal.follow(0, aborting.signal)) {
        seen.push(id);
        if (id === '4') aborting.abort();
      }
      expect(seen).toEqual(['0', '1', '2', '3', '4']);
    });

    test('G1: who stops listening leaves nothing behind', async () => {
      const writer = await journal.claim(0, 'node');
      for (const index of range(100)) await writer.append(batchOf(writer, `${index}`, new Uint8Array(200)));
      const { signal } = new AbortController();
      for await (const { id } of journal.follow(0, signal)) if (id === '4') break;
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });

    test('F3: what was given up is not waited for', async () => {
      const writer = await journal.claim(0, 'node');
      const offsets: Offset[] = [];
      for (const index of range(600))
        offsets.push(await writer.append(batchOf(writer, `${index}`, new Uint8Array(500))));
      await journal.trim(offsets[499] ?? 0);
      expect(idsOf(await read(journal, offsets[499]))).toEqual(range(600).slice(500).map(String));
      const kept = idsOf(await read(journal));
      expect(kept).toEqual(range(600).slice(-kept.length).map(String));
      expect(kept.length).toBeLessThan(600);
      await journal.trim(await journal.head());
      const following = readUntil(journal, 0, ({ id }) => id === 'new');
      await writer.append(batchOf(writer, 'new'));
      expect((await following).at(-1)?.id).toBe('new');
    });

    test('B4: the head is the offset of the last committed batch, 0 in an empty log', async () => {
      expect(await journal.head()).toBe(0);
      const writer = await journal.claim(0, 'node');
      expect(await journal.head()).toBe(0);
      const offset = await writer.append(batchOf(writer, 'first'));
      await journal.claim(1, 'node');
      expect(await journal.head()).toBe(offset);
    });
  });

  describe('at the end', () => {
    test('F1: what was appended before is written, what comes later is refused, and followers see it and end', async () => {
      const writer = await journal.claim(0, 'node');
      const seen: string[] = [];
      const following = (async () => {
        for await (const { id } of journal.follow(0, new AbortController().signal)) seen.push(id);
      })();
      const appends = range(10).map((index) => writer.append(batchOf(writer, `${index}`)));
      await aTurn();
      await journal[Symbol.asyncDispose]();
      await Promise.all(appends);
      await following;
      expect(seen).toEqual(range(10).map(String));
      await expect(writer.append(batchOf(writer, 'late'))).rejects.toThrow(JournalFailed);
      await expect(journal.claim(1, 'node')).rejects.toThrow(JournalFailed);
      await journal[Symbol.asyncDispose]();
    });
  });
});

describe('the file journal, opened again', () => {
  let driven: DrivenJournal & Required<Pick<DrivenJournal, 'reopen'>>;

  beforeEach(async () => {
    const { reopen, ...rest } = await fileDriver.begin();
    if (reopen === undefined) throw new Error('a file journal outlives its process');
    driven = { ...rest, reopen };
  });
  afterEach(() => driven[Symbol.asyncDispose]());

  test('F2: is the same log, and fences the writers of its former lives', async () => {
    const first = await driven.journal.claim(0, 'node');
    const offset = await first.append(batchOf(first, 'first'));
    const journal = await driven.reopen();
    expect(journal.epoch).toBe(driven.journal.epoch);
    expect(await journal.head()).toBe(offset);
    await expect(first.append(batchOf(first, 'late'))).rejects.toThrow(JournalFailed);
    const second = await journal.claim(0, 'node');
    expect(second.term).toBe(2);
    await second.append(batchOf(second, 'second'));
    expect(idsOf(await read(journal))).toEqual(['first', 'second']);
  });

  test('F2: knows the terms of partitions that were not written to for many segments', async () => {
    const quiet = await driven.journal.claim(7, 'node');
    await driven.journal.claim(7, 'node');
    const busy = await driven.journal.claim(0, 'node');
    for (const index of range(50)) await busy.append(batchOf(busy, `${index}`, new Uint8Array(5000)));
    const journal = await driven.reopen();
    await journal.trim(await journal.head());
    expect((await journal.claim(7, 'node')).term).toBe(quiet.term + 2);
  });

  test('F5: does not show what had failed', async () => {
    const writer = await driven.journal.claim(0, 'node');
    for (const index of range(30)) {
      driven.failNext();
      await expect(writer.append(batchOf(writer, `failed ${index}`, new Uint8Array(9000)))).rejects.toThrow(
        JournalFailed,
      );
      await writer.append(batchOf(writer, `${index}`, new Uint8Array(4000)));
    }
    const journal = await driven.reopen();
    expect(idsOf(await read(journal))).toEqual(range(30).map(String));
  });
});

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Reads 600 batches, and every now and then waits for so many turns. */
async function readSlowly(journal: Journal, slowness: number): Promise<readonly Offset[]> {
  const offsets: Offset[] = [];
  for await (const { offset } of journal.follow(0, new AbortController().signal)) {
    if (offsets.push(offset) === 600) break;
    if (offsets.length % 3 === 0) for (let turns = 0; turns < slowness; turns++) await aTurn();
  }
  return offsets;
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Long enough for whatever is not held back to be done. */
function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
