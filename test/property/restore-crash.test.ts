import { describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import type { Disk } from '../../engine/journal/disk.ts';
import { openFileJournal } from '../../engine/journal/file.ts';
import { openFileSnapshots } from '../../engine/snapshots/file.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { Deeds } from '../support/deeds.ts';
import { disagree } from '../support/model/disagreement.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Seeded } from '../support/seeded.ts';

const SEEDS = 32;
const SEEDS_A_TEST = 8;
const AGENTS = [1, 2, 3, 4, 5, 6];
const LIVES = 6;

/** What an agent was told, and what it came to. */
interface Acknowledged {
  readonly seq: number;
  readonly duty: string | null;
  readonly command: string;
  readonly session: string;
}

/** One engine after another over the same disk, which takes images, gives up the log behind them, and loses power. */
class Lives {
  readonly clock = new FakeClock();
  readonly #random: Seeded;
  readonly #device: CrashingDisk;
  readonly #told = new Map<number, Acknowledged>();
  /** From where the log was read, life by life. */
  readonly floors: number[] = [];
  #commands = 0;

  constructor(seed: number) {
    this.#random = new Seeded(seed);
    this.#device = new CrashingDisk(this.#random);
  }

  async run(): Promise<void> {
    for (let life = 0; life < LIVES; life++) {
      const { disk, stalled } = this.#device.attach(this.#random.between(200, 1500));
      // What a life finds wrong is told; that its disk stalls is its end.
      await Promise.race([stalled, this.#live(disk)]);
      this.#device.crash();
    }
    await this.#open(this.#device.attach().disk);
  }

  async #open(disk: Disk): Promise<Engine> {
    const journal = await openFileJournal({ lock: { folder: '/data' }, disk, segmentBytes: 4096 });
    this.floors.push(await journal.floor());
    const snapshots = {
      store: await openFileSnapshots('/data', disk),
      heldBack: () => Infinity,
      afterOffsets: 3000,
      lookMs: 1000,
    };
    const members = AGENTS.map((id) => member(id));
    const { engine } = await startEngine({ clock: this.clock, journal, members, snapshots });
    for (const agent of AGENTS) await this.#judge(engine, agent);
    return engine;
  }

  async #live(disk: Disk): Promise<void> {
    const engine = await this.#open(disk);
    for (;;) {
      await Promise.all(AGENTS.map((agent) => this.#act(engine, agent)));
      if (this.#random.chance(0.3)) await this.clock.advance(1000);
    }
  }

  async #act(engine: Engine, agent: number): Promise<void> {
    const session = `s${agent}`;
    const deeds = new Deeds(engine, agent);
    if (deeds.record.connectivity !== 'connected') await deeds.opens(session, { session, seq: 0 });
    if (deeds.record.connectivity !== 'connected') await deeds.opens(session);
    const live = deeds.record.sessions.find(({ lostAt }) => lostAt === null)?.id ?? session;
    const status = this.#random.pick(['available', 'busy', 'away']);
    const command = `c${(this.#commands += 1)}`;
    const answer = await deeds.chooses(status, { session: live, id: command, reason: command });
    if (answer.ok) this.#told.set(agent, { seq: answer.seq, duty: status, command, session: live });
  }

  async #judge(engine: Engine, agent: number): Promise<void> {
    const told = this.#told.get(agent);
    const record = engine.record(agent);
    if (told === undefined || record === null) return;
    if (record.seq < told.seq) disagree(`agent ${agent} is at ${record.seq}`, told);
    if (record.seq === told.seq && record.dutyCode !== told.duty)
      disagree(`agent ${agent} is ${record.dutyCode}`, told);
    // The same command again gets its first answer, though the log that holds it may be gone (B6).
    if (!record.sessions.some(({ id }) => id === told.session)) return;
    const again = await new Deeds(engine, agent).chooses('break', {
      session: told.session,
      id: told.command,
    });
    if (!again.ok || again.seq !== told.seq) disagree('another answer', { told, again });
  }
}

describe('F4: images and the log together', () => {
  test.each(Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, at) => 1 + at * SEEDS_A_TEST))(
    'F2, F4, B6: through power cuts nothing that was acknowledged is lost, and the log is cut, seeds %i and on',
    async (first) => {
      const floors: number[] = [];
      for (let seed = first; seed < first + SEEDS_A_TEST; seed++) {
        const lives = new Lives(seed);
        await lives.run().catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
        });
        floors.push(lives.floors.at(-1) ?? 0);
      }
      // Nothing is proved about what never happened.
      expect(floors.filter((floor) => floor > 0).length).toBeGreaterThan(SEEDS_A_TEST / 2);
    },
  );
});
