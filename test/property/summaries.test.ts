import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { Places } from '../../engine/places.ts';
import { type AgentRecord, newcomer } from '../../engine/record.ts';
import { Summaries } from '../../engine/summaries.ts';
import { member } from '../support/engines.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { Arena } from '../support/fuzz/arena.ts';
import { temperOf } from '../support/fuzz/fuzz.ts';
import { Player } from '../support/fuzz/player.ts';
import { scannedSummary } from '../support/scanned-summary.ts';
import { subjectsOf } from '../support/scopes.ts';
import { Seeded } from '../support/seeded.ts';
import { SummaryViewer } from '../support/summary-viewer.ts';

const SEEDS = Array.from({ length: 8 }, (_, at) => at + 1);

test.each(SEEDS)(
  'A4, A6: after whatever happens, the summary of every scope is what its records come to: seed %i',
  async (seed) => {
    const arena = new Arena(seed, { temper: temperOf(seed), tampering: {} });
    const player = new Player(arena);
    await arena.begin();
    const subjects = subjectsOf([1, 2, 3], {
      teams: [1, 2, 3],
      departments: ['Sales', 'Support', 'constructor'],
      agents: [1, 2, 9, 40, 999],
    });
    for (let step = 1; step <= 1000; step++) {
      await player.act();
      await settle();
      if (step % 20 !== 0) continue;
      const records = [...arena.people.keys()].flatMap((id) => arena.engine.record(id) ?? []);
      for (const subject of subjects) {
        const scanned = scannedSummary(records, subject);
        const platform = arena.engine.incident(subject.organisationId);
        scanned.incidents.unshift(...(platform === null ? [] : [platform]));
        expectSame(arena.engine.summaries.read(subject), scanned);
        expect(arena.engine.summaries.total(subject)).toBe(scanned.total);
      }
    }
  },
);

function missing(): never {
  throw new RangeError('there is nobody');
}

/** As toEqual, which takes its time. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(isDeepStrictEqual(actual, expected) || { actual, expected }).toBe(true);
}

const CODES = ['available', 'chat', 'busy', 'break', 'wrap_up', 'offline'] as const;
const CATEGORY = { chat: 'available' } as const;

/** Somebody of hundreds, as anybody may be. */
function anybody(random: Seeded, id: number): AgentRecord {
  const status = random.pick(CODES);
  const isOver = (status === 'break' || status === 'wrap_up') && random.chance(0.4);
  return {
    ...newcomer(
      member(id, {
        organisationId: 1 + (id % 2),
        teamId: random.pick([1, 2, 3, null]),
        department: random.pick(['Sales', 'Support', null]),
        onBoard: random.chance(0.9),
        active: random.chance(0.95),
      }),
    ),
    status,
    category: status === 'chat' ? CATEGORY[status] : status,
    since: random.below(1000),
    connectivity: random.pick(['connected', 'reconnecting', 'disconnected']),
    routable: random.chance(0.3),
    limit: isOver ? random.pick(['over', 'escalated']) : 'running',
    limitUntil: isOver ? random.below(100_000) : null,
    flapping: random.chance(0.1) ? { since: random.below(1000), until: random.below(100_000) } : null,
  };
}

test.each(SEEDS.slice(0, 4))(
  'A4, D2, G1: of hundreds who change, every watcher ends with what they come to, and is told each but once: seed %i',
  async (seed) => {
    const random = new Seeded(seed);
    const clock = new FakeClock();
    const records = new Map<number, AgentRecord>();
    using summaries = new Summaries({
      clock,
      tickMs: 20,
      incident: () => null,
      places: new Places(),
      people: { record: (id) => records.get(id) ?? null, since: (id) => records.get(id)?.since ?? null },
    });
    const subjects = subjectsOf([1, 2], { teams: [1, 2, 9], departments: ['Sales'], agents: [1, 2] });
    const viewers = subjects.map((subject) => ({ subject, viewer: new SummaryViewer(summaries, subject) }));
    for (let round = 0; round < 30; round++) {
      for (let n = random.pick([1, 3, 500]); n > 0; n--) {
        const id = random.between(1, 300);
        const before = records.get(id);
        const after = anybody(random, id);
        // Some change in one thing alone, and stay as long as they were.
        const { routable, connectivity, limit, limitUntil, flapping } = after;
        const part = random.pick([{ routable }, { connectivity }, { limit, limitUntil }, { flapping }]);
        const next = before !== undefined && random.chance(0.4) ? { ...before, ...part } : after;
        records.set(id, next);
        summaries.publish(before ?? null, next);
        if (random.chance(0.05)) await clock.advance(random.below(400));
        // People come and go at any moment.
        if (random.chance(0.1)) {
          const place = random.below(viewers.length);
          const { subject, viewer } = viewers[place] ?? missing();
          viewer[Symbol.dispose]();
          const anew = new SummaryViewer(summaries, subject, viewer.cursor);
          if (anew.heard[0]?.type === 'pulse') anew.summary = viewer.summary;
          viewers[place] = { subject, viewer: anew };
        }
      }
      await clock.advance(1_020);
      for (const { subject, viewer } of viewers) {
        const scanned = scannedSummary([...records.values()], subject);
        expectSame(summaries.read(subject), scanned);
        expectSame(viewer.summary, scanned);
        const told = viewer.heard.filter(({ type }) => type === 'summary');
        const texts = told.map((summary) => JSON.stringify({ ...summary, asOf: 0 }));
        expect(texts.some((text, at) => text === texts[at - 1])).toBe(false);
        // The first comes at once; after it there is a second between two, but for a watcher's own first.
        const gaps = told.slice(2).map(({ asOf }, at) => asOf - (told[at + 1]?.asOf ?? 0));
        expect(Math.min(...gaps, 1_000)).toBe(1_000);
      }
    }
  },
);
