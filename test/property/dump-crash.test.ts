import { describe, expect, test } from 'vitest';
import { type Carelessness, carelessDisks } from '../support/careless-disks.ts';
import { dumpAndCrash } from '../support/dump-lives.ts';
import { type DumpTally, NO_TALLY } from '../support/dump-world.ts';
import { Breached } from '../support/ledger.ts';

const SEEDS = 600;
const SEEDS_A_TEST = 100;

describe('an embedded database on a disk that crashes and fails', () => {
  const firstSeeds = Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, index) => 1 + index * SEEDS_A_TEST);

  test.each(firstSeeds)(
    'F3: is what it was, or as of its last dump, whole: seeds %i and on',
    async (first) => {
      const seen: DumpTally = { ...NO_TALLY };
      for (let seed = first; seed < first + SEEDS_A_TEST; seed++) {
        const tally = await dumpAndCrash(seed).catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
        });
        for (const what of Object.keys(seen) as (keyof DumpTally)[]) seen[what] += tally[what];
      }
      // Nothing is proved about what never happened.
      expect(Object.entries(seen).filter(([, times]) => times === 0)).toEqual([]);
    },
  );
});

const CARELESS = {
  'no file is synced': carelessDisks['no file is synced'],
  'no folder is synced': carelessDisks['no folder is synced'],
  'a dump is not synced': unsynced(/\.tar$/),
  'what is closed in order is not synced': unsynced(/\/database\//),
  'the name of the mark is not synced': (disk) => ({
    ...disk,
    syncFolder: (path) => (path === '/data' ? Promise.resolve() : disk.syncFolder(path)),
  }),
} satisfies Readonly<Record<string, Carelessness | undefined>>;

describe('the judge of these seeds', () => {
  test.each(Object.entries(CARELESS))('F3: notices where %s', async (_, careless) => {
    expect(await firstBreach(careless ?? ((disk) => disk))).not.toBeNull();
  });
});

/** A disk that doesn't sync files of such names. */
function unsynced(names: RegExp): Carelessness {
  return (disk) => ({
    ...disk,
    async open(path, mode) {
      const file = await disk.open(path, mode);
      return names.test(path) ? { ...file, datasync: () => Promise.resolve() } : file;
    },
  });
}

/** The first seed at which a careless disk shows; null when none does. */
async function firstBreach(careless: Carelessness): Promise<{ seed: number; breach: string } | null> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await dumpAndCrash(seed, careless);
    } catch (error) {
      if (error instanceof Breached) return { seed, breach: error.message };
      throw error;
    }
  }
  return null;
}
