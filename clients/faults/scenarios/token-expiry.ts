import { startProxy } from '../ground/proxy.ts';
import { Wire } from '../cast/wire.ts';
import { judgeHistories } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import { pause, until } from '../waiting.ts';

const AGENTS = 5;
const EVERY_MS = 500;
/** Tokens hold for 15 minutes by default. */
const TOKEN_SECONDS = 2;
const EXPIRED_MS = 3 * TOKEN_SECONDS * 1000;
const BACK_MS = 25_000;
const SOON_MS = 3_000;
const UNAUTHENTICATED = 4401;
const LOGGED_OUT = 4410;

/** Access tokens run out while people work. */
export const tokenExpiry: Scenario = {
  name: 'token-expiry',
  shows: 'access tokens run out while sockets live; somebody logs out while a socket lives',
  plays: 'on a server of its own',
  async play(stage) {
    const { story } = stage;
    const site = await stage.ownSite({ variables: { JWT_EXPIRY: `${TOKEN_SECONDS}s` } });
    story.notes(`an access token holds for ${TOKEN_SECONDS} s here, instead of 15 minutes`);
    const proxy = await stage.open(() => startProxy(site.url));
    const crowd = await stage.crowd({ ...site, url: proxy.url }, { count: AGENTS });
    const [login] = await stage.logIn(site, { count: 1, first: AGENTS });
    if (login === undefined) throw new TypeError('one was asked for');
    const token = await login.token();
    const begun = performance.now();
    crowd.begin(EVERY_MS);
    story.does('lets every token run out');
    await pause(EXPIRED_MS);
    story.must(
      crowd.tabs.every(({ isLive, connections }) => isLive && connections === 1),
      'sockets outlive the token that they were opened with',
    );
    const late = await stage.open(() => Wire.open(site.url));
    late.send({ op: 'hello', token, device: 'late' });
    const { code } = await late.closed;
    story.must(
      code === UNAUTHENTICATED,
      `a hello with the old token is closed with ${UNAUTHENTICATED}`,
      String(code),
    );

    story.does('breaks every connection: the tokens at hand are no good any more');
    proxy.cut();
    await until(() => crowd.tabs.every(({ isLive, connections }) => isLive && connections > 1), {
      what: 'everybody is back with a fresh token',
      withinMs: BACK_MS,
    });
    await crowd.rest();
    story.mustBeNone(
      site.board.whoLeft(crowd.tabs, begun),
      'everybody is back with a fresh token, and never left',
    );
    story.mustBeNone(crowd.refused, `no command was refused; ${crowd.acknowledged} were acknowledged`);

    story.does('logs out of a log-in session');
    const person = await stage.person({
      url: site.url,
      username: login.user.username,
      password: site.password,
    });
    const wire = await stage.open(() => Wire.open(site.url));
    await wire.hello({ token: await person.login.token(), device: 'ending' });
    await person.api.auth.logout.mutate({});
    const closed = await Promise.race([wire.closed, pause(SOON_MS)]);
    story.must(
      closed?.code === LOGGED_OUT,
      `its socket is closed with ${LOGGED_OUT} within a second or two`,
      String(closed?.code),
    );
    story.mustBeNone(
      await judgeHistories(site.manager, crowd.promises, site.since),
      'the history of each agent is what was acknowledged, whole and in order',
    );
    story.mustBeNone(
      site.board.wrongs,
      'the watcher had no gap, no repeat and no reorder, whatever its token',
    );
  },
};
