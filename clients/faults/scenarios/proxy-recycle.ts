import { Audience } from '../../simulator/audience/audience.ts';
import { compareWatchers } from '../../simulator/verdict.ts';
import { startProxy } from '../ground/proxy.ts';
import { judgeHistories } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const AGENTS = 40;
const WATCHERS = 8;
const EVERY_MS = 400;
const CUTS = 2;
/** Between two cuts, under load. */
const BETWEEN_MS = 3_000;
/** The SDK waits longer with each failure, up to fifteen seconds. */
const BACK_MS = 25_000;

/** A load balancer or proxy is restarted, and every socket of everybody breaks at the same moment. */
export const proxyRecycle: Scenario = {
  name: 'proxy-recycle',
  shows: 'every socket is cut at once; all come back, nobody leaves the board, no watcher misses anything',
  plays: 'on any server',
  async play(stage) {
    const { story, wishes } = stage;
    const site = await stage.site();
    const { board, manager } = site;
    const proxy = await stage.open(() => startProxy(site.url));
    const behind = { url: proxy.url, password: site.password };
    const crowd = await stage.crowd(behind, { count: wishes.agents ?? AGENTS });
    const { tabs } = crowd;
    const audience = stage.use(
      new Audience({ url: proxy.url, token: () => manager.login.token(), watchers: WATCHERS }),
    );
    await audience.start();
    story.does(`connects ${tabs.length} agents and ${WATCHERS} watchers through a proxy`);
    const sessions = tabs.map(({ state }) => state.session);

    const begun = performance.now();
    crowd.begin(EVERY_MS);
    for (let cut = 1; cut <= CUTS; cut++) {
      await pause(BETWEEN_MS);
      story.does(`cuts all ${proxy.connections} connections at once, while statuses change`);
      proxy.cut();
      const tookMs = await until(() => tabs.every(({ isLive, connections }) => isLive && connections > cut), {
        what: 'every agent is back',
        withinMs: BACK_MS,
      });
      story.must(true, `every agent is back, the last after ${inSeconds(tookMs)}`);
    }
    await pause(BETWEEN_MS);
    await crowd.rest();

    story.must(
      tabs.every(({ state }, index) => state.session === sessions[index]),
      'everybody goes on with the session from before (C4)',
    );
    story.mustBeNone(board.whoLeft(tabs, begun), 'nobody on the board left (A5)');
    story.mustBeNone(crowd.refused, `no command was refused; ${crowd.acknowledged} were acknowledged`);
    let behindNow: readonly string[] = [];
    await until(
      async () => {
        behindNow = compareWatchers(
          audience,
          await manager.api.presence.board.query({ scope: { all: true } }),
        );
        return behindNow.length === 0;
      },
      { what: 'every watcher holds the board as it is', withinMs: BACK_MS },
    );
    const { gaps, errors, snapshots, closes, events } = audience.reception;
    story.must(
      gaps === 0 && errors === 0,
      `no watcher saw a gap, a repeat or a reorder in ${events} events (G1)`,
    );
    story.must(
      snapshots === WATCHERS,
      `after ${closes} broken connections each watcher was told what it missed, and no more`,
      `${snapshots} snapshots`,
    );
    story.mustBeNone(board.wrongs, 'nor did the watcher that was not cut');
    story.mustBeNone(
      await judgeHistories(manager, crowd.promises, site.since),
      'the history of each agent is what was acknowledged, whole and in order',
    );
  },
};
