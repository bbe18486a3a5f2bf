import { lastSegment } from '../ground/segment.ts';
import { type Ended, ServerEnded } from '../ground/server-process.ts';
import { judgeHistories } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import type { OwnSite, Stage } from '../stage.ts';
import { pause, until } from '../waiting.ts';

const AGENTS = 10;
const EVERY_MS = 100;
const UNDER_LOAD_MS = 2_000;
const BACK_MS = 40_000;
/** Where bytes are flipped: such a share of what was written. */
const PLACES = [0.2, 0.5, 0.8];
const DAMAGED = /^rollcall: the journal is damaged at position \d+/;
/** What a write may have left that got no further: a later page of it. The last whole one may end in zeros. */
const PAGE_BYTES = 4_096;
const TORN = Buffer.concat([Buffer.from('RCL1'), Buffer.alloc(60, 0x5a)]);

/** A disk that lies, a copy that went wrong, and a machine that went down in the middle of a write. */
export const corruptFile: Scenario = {
  name: 'corrupt-file',
  shows:
    'bytes in the middle of the journal change: the start says so and stops; a torn end is cut and reported',
  plays: 'on a server of its own',
  async play(stage) {
    const { story } = stage;
    const site = await stage.ownSite({ variables: {} });
    const crowd = await stage.crowd(site, { count: AGENTS });
    crowd.begin(EVERY_MS);
    await pause(UNDER_LOAD_MS);
    await crowd.rest();
    story.does(`kills the server (SIGKILL) after ${crowd.acknowledged} acknowledged changes`);
    await site.server.end('SIGKILL');

    const segment = await lastSegment(site.folder);
    for (const place of PLACES) {
      const at = Math.floor(segment.used * place);
      story.does(`flips the byte at ${at} of ${segment.used}, and starts the server`);
      await segment.flip(at);
      const { code, output } = await tryToStart(stage, site);
      story.must(
        code === 1 && DAMAGED.test(output) && output.trim().split('\n').length === 1,
        'it doesn’t start, and says in a line what is wrong and what to do (F2)',
        `exit ${code}: ${output}`,
      );
      await segment.flip(at);
    }

    story.does('leaves a part of a write behind the last whole one, and starts the server');
    await segment.write(segment.used + PAGE_BYTES, TORN);
    const server = await stage.start(site.launch);
    const told = /cut the torn tail of the journal/.test(server.output());
    story.must(told, 'it starts, having cut the torn end, and reports it (F2)', server.output());
    await until(() => crowd.tabs.every(({ isLive, connections }) => isLive && connections > 1), {
      what: 'every agent is back',
      withinMs: BACK_MS,
    });
    crowd.begin(EVERY_MS);
    await pause(UNDER_LOAD_MS);
    await crowd.rest();
    story.mustBeNone(
      crowd.refused,
      `it goes on from there; ${crowd.acknowledged} changes were acknowledged in all`,
    );
    story.mustBeNone(
      await judgeHistories(site.manager, crowd.promises, site.since),
      'the history of each agent is what was acknowledged, whole and in order',
    );
  },
};

/** What came of a start that must not succeed. */
async function tryToStart(stage: Stage, { launch }: OwnSite): Promise<Ended> {
  try {
    const server = await stage.start(launch);
    await server.end('SIGKILL');
    return { code: null, output: 'it started' };
  } catch (error) {
    if (error instanceof ServerEnded) return error.ended;
    throw error;
  }
}
