import { Tab } from '../cast/tab.ts';
import { type Visit, visit } from '../cast/visit.ts';
import { freePort } from '../ground/free-port.ts';
import { ADMIN_PASSWORD } from '../ground/seeded-folder.ts';
import { SmallDisk } from '../ground/small-disk.ts';
import { judgeHistories } from '../judging/history.ts';
import { isDrained, readinessOf } from '../judging/readiness.ts';
import type { Scenario } from '../scenario.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const AGENTS = 60;
const EVERY_MS = 65;
/** Long reasons and names make large events: a file of the journal is full sooner. */
const REASON = '…'.repeat(450);
const DEVICE = '…'.repeat(190);
/** The journal's files have 64 MB: room for two, for the embedded database, and for the history. */
const DISK_BYTES = 384 << 20;
const FULL_MS = 120_000;
const STAYS_FULL_MS = 5_000;
const SOON_MS = 30_000;

/** The disk is full on which the data folder is, and later it isn't. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  shows: 'the disk is full: commands get JOURNAL_FAILED, nothing is half done; with room again all goes on',
  plays: 'on a server of its own',
  async play(stage) {
    const { story, wishes } = stage;
    const folder = await stage.emptyFolder();
    const disk = await SmallDisk.on(folder, { bytes: DISK_BYTES, holding: await stage.folder() });
    const site = await stage.siteOn(folder, {
      variables: { DATA_DIR: folder.path, PORT: String(await freePort()), ADMIN_PASSWORD },
      under: disk.under,
    });
    const pid = site.server.process.pid ?? 0;
    const crowd = await stage.crowd(site, { count: AGENTS, reason: REASON, device: DEVICE });
    const [leaving] = (await stage.crowd(site, { count: 1, first: AGENTS })).tabs;
    const [late, small] = await stage.logIn(site, { count: 2, first: AGENTS + 1 });
    if (!leaving || !late || !small) throw new TypeError('three were asked for');
    const filling = await visit({ stage, site, login: small });
    const begun = performance.now();

    story.does(
      'fills the file system of the data folder; commands go on as long as the journal has a place for them',
    );
    await disk.fill(pid);
    crowd.begin(EVERY_MS);
    const tookMs = await until(() => crowd.refused.length > 0, {
      what: 'the journal is full',
      withinMs: FULL_MS,
    });
    story.notes(
      `${crowd.acknowledged} changes were acknowledged in ${inSeconds(tookMs)}, before the first was refused`,
    );
    await crowd.rest();
    await fillToTheLast(filling);
    crowd.begin(EVERY_MS);
    const before = crowd.acknowledged;

    story.does('one tab closes, and a new one says hello, while nothing can be written');
    leaving.close();
    const coming = stage.use(new Tab({ url: site.url, login: late, device: 'late' }));
    await pause((wishes.seconds ?? STAYS_FULL_MS / 1000) * 1000);
    const meanwhile = crowd.acknowledged - before;
    story.must(
      crowd.refused.every((text) => text.includes('JOURNAL_FAILED')),
      `commands are refused with JOURNAL_FAILED (F3): ${crowd.refused.length} of them`,
      crowd.refused.find((text) => !text.includes('JOURNAL_FAILED')),
    );
    story.must(
      site.board.tile(leaving.agentId).connectivity === 'connected' && !coming.isLive,
      'the board shows only what is on disk: who left is still there, who came is not (F1)',
    );
    story.must(meanwhile === 0, 'nothing was acknowledged meanwhile', String(meanwhile));

    story.does('makes room again');
    await disk.free(pid);
    const room = crowd.acknowledged;
    const backMs = await until(() => crowd.acknowledged > room + AGENTS, {
      what: 'commands are carried out again',
      withinMs: SOON_MS,
    });
    story.must(true, `commands are carried out again, by themselves (F3): after ${inSeconds(backMs)}`);
    await crowd.rest();
    await site.board.until(leaving.agentId, ({ connectivity }) => connectivity !== 'connected', {
      what: 'who left is shown so',
      withinMs: SOON_MS,
    });
    await coming.live(SOON_MS);
    story.must(true, 'who left is shown so now, and who came is there (F5)');
    const tabs = crowd.tabs;
    story.must(
      tabs.every(({ connections }) => connections === 1),
      'no other connection was lost',
    );
    story.mustBeNone(site.board.whoLeft(tabs, begun), 'nobody else on the board left');
    story.mustBeNone(
      tabs.flatMap(({ username, agentId, state }) =>
        site.board.tile(agentId).seq === state.seq ? [] : [username],
      ),
      'board and agents agree (F5)',
    );
    const drainedMs = await until(async () => isDrained(await readinessOf(site.url)), {
      what: 'nothing lags',
      withinMs: FULL_MS,
    });
    story.must(true, `the history, which had no room either, is copied (F3): after ${inSeconds(drainedMs)}`);
    story.mustBeNone(
      await judgeHistories(site.manager, crowd.promises, site.since),
      `the histories hold all ${crowd.acknowledged} acknowledged changes, and none of the ${crowd.refused.length} refused ones`,
    );
    story.mustBeNone(site.board.wrongs, 'the board had no gap, no repeat and no reorder');
  },
};

/** Where large events don't fit any more, small ones still may. */
async function fillToTheLast({ wire }: Visit): Promise<void> {
  for (let current = 1; ; current++) {
    const answer = await wire.ask({ op: 'work', id: `work ${current}`, current, max: 1_000 });
    if (answer.op === 'no') return;
    await pause(EVERY_MS);
  }
}
