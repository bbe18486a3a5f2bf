import { Audience } from '../../simulator/audience/audience.ts';
import { compareWatchers } from '../../simulator/verdict.ts';
import { judgeHistories } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const AGENTS = 30;
const WATCHERS = 6;
const EVERY_MS = 300;
const UNDER_LOAD_MS = 2_000;
const BACK_MS = 40_000;

/** A new version is put in place: the server is stopped in order and started again. */
export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  shows:
    'the server is stopped in order (SIGTERM) under load and started again: nobody leaves, nothing is lost',
  plays: 'on a server of its own',
  async play(stage) {
    const { story, wishes } = stage;
    const site = await stage.ownSite({ variables: {} });
    const { manager, url } = site;
    const crowd = await stage.crowd(site, { count: wishes.agents ?? AGENTS });
    const audience = stage.use(new Audience({ url, token: () => manager.login.token(), watchers: WATCHERS }));
    await audience.start();
    const sessions = crowd.tabs.map(({ state }) => state.session);
    const begun = performance.now();
    crowd.begin(EVERY_MS);
    await pause(UNDER_LOAD_MS);

    story.does('stops the server (SIGTERM) and starts it again');
    const code = await site.server.end('SIGTERM');
    story.must(
      code === 0,
      `it stopped in order after ${inSeconds(performance.now() - begun - UNDER_LOAD_MS)}`,
      String(code),
    );
    await stage.start(site.launch);
    await until(() => crowd.tabs.every(({ isLive, connections }) => isLive && connections > 1), {
      what: 'every agent is back',
      withinMs: BACK_MS,
    });
    await pause(UNDER_LOAD_MS);
    await crowd.rest();
    story.must(
      crowd.tabs.every(({ state }, index) => state.session === sessions[index]),
      'everybody goes on with the session from before (C4, C6)',
    );
    story.mustBeNone(site.board.whoLeft(crowd.tabs, begun), 'nobody on the board left (C6)');
    story.mustBeNone(crowd.refused, `no command was refused; ${crowd.acknowledged} were acknowledged`);
    await until(
      async () =>
        compareWatchers(audience, await manager.api.presence.board.query({ scope: { all: true } })).length ===
        0,
      { what: 'every watcher holds the board as it is', withinMs: BACK_MS },
    );
    const { gaps, errors } = audience.reception;
    story.must(
      gaps + errors === 0,
      'no watcher saw a gap, a repeat or a reorder (G1)',
      `${gaps} gaps, ${errors} errors`,
    );
    story.mustBeNone(site.board.wrongs, 'nor did the board');
    story.mustBeNone(
      await judgeHistories(manager, crowd.promises, site.since),
      'the history of each agent is what was acknowledged, whole and in order',
    );
  },
};
