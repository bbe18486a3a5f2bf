import type { Login } from '../../sdk/login.ts';
import type { Tab } from '../cast/tab.ts';
import { Wire } from '../cast/wire.ts';
import { judgeHistories, type Promises } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import type { Site, Stage } from '../stage.ts';
import { inSeconds, pause, until } from '../waiting.ts';

/** The least that may be set. */
const IDLE_SECONDS = 30;
/** A freeze after a restart may hold idle timers back for as long. */
const FROZEN_MS = 90_000;
const SOON_MS = 5_000;
const LOGGED_OUT = 4410;
const RESUMED_ELSEWHERE = 4409;

/** People work in several tabs at once. */
export const twoTabs: Scenario = {
  name: 'two-tabs',
  shows:
    'two tabs of an agent: one idle, one closed, one logged out, one session in two sockets, one wish from both',
  plays: 'on any server',
  mostlyWaits: true,
  async play(stage) {
    const site = await stage.site();
    await stage.configure(site, { MAX_AGENT_IDLE_TIME: IDLE_SECONDS });
    const [active, idle, closing, leaving, resuming, agreeing] = await stage.logIn(site, { count: 6 });
    if (!active || !idle || !closing || !leaving || !resuming || !agreeing)
      throw new TypeError('six were asked for');
    const parts = [
      oneActive(stage, site, { active, idle }),
      oneCloses(stage, site, closing),
      oneLogsOut(stage, site, leaving),
      oneSessionTwice(stage, site, resuming),
      bothAtOnce(stage, site, agreeing),
    ];
    await Promise.all(parts);
    stage.story.mustBeNone(site.board.wrongs, 'the board had no gap, no repeat and no reorder');
  },
};

/** C1: activity is the newest of all sessions. */
async function oneActive(stage: Stage, site: Site, logins: { active: Login; idle: Login }): Promise<void> {
  const { story } = stage;
  const [used, unused] = await bothTabs(stage, site, logins.active);
  const [contrast] = await bothTabs(stage, site, logins.idle);
  const begun = performance.now();
  const stirring = setInterval(() => used.active(), 1_000);
  stage.defer(() => clearInterval(stirring));
  story.does(`one agent is active in one of two tabs, another in none, for longer than ${IDLE_SECONDS} s`);
  await site.board.until(contrast.agentId, ({ status }) => status === 'away', {
    what: 'an agent who is active nowhere is away',
    withinMs: IDLE_SECONDS * 1000 + FROZEN_MS,
  });
  const tookMs = performance.now() - begun;
  story.must(
    tookMs >= IDLE_SECONDS * 1000 - 3_000,
    `who is active in no tab is away (D1): after ${inSeconds(tookMs)}`,
  );
  await pause(SOON_MS);
  const shown = site.board.shown(used.agentId, begun);
  story.must(
    shown.length === 0 && site.board.tile(used.agentId).status === 'available',
    'who is active in one of two stays available: an idle device idles nobody (C1)',
    shown.map(({ tile }) => tile.status).join(', '),
  );
  contrast.active();
  await site.board.until(contrast.agentId, ({ status }) => status === 'available', {
    what: 'activity ends an automatic away',
    withinMs: SOON_MS,
  });
  story.must(unused.isLive, 'activity in any tab ends an automatic away at once (D1)');
}

async function oneCloses(stage: Stage, site: Site, login: Login): Promise<void> {
  const { story } = stage;
  const [kept, closed] = await bothTabs(stage, site, login);
  const begun = performance.now();
  const before = site.board.tile(kept.agentId).seq;
  closed.close();
  await site.board.until(kept.agentId, ({ seq }) => seq > before, {
    what: 'the close is journalled',
    withinMs: SOON_MS,
  });
  await pause(SOON_MS);
  story.must(
    site.board.shown(kept.agentId, begun).every(({ tile }) => tile.connectivity === 'connected') &&
      kept.isLive,
    'with one of two tabs closed the agent stays connected, without a flicker (C1)',
  );
}

async function oneLogsOut(stage: Stage, site: Site, login: Login): Promise<void> {
  const { story } = stage;
  const [first, second] = await bothTabs(stage, site, login);
  await first.bye();
  await second.until(({ connection }) => connection === 'stopped', {
    what: 'the other tab is logged out',
    withinMs: SOON_MS,
  });
  const code = second.state.stoppedBy?.code;
  story.must(
    code === LOGGED_OUT,
    `a log-out in one tab closes the other with ${LOGGED_OUT} (C3)`,
    String(code),
  );
  const tile = await site.board.until(first.agentId, ({ status }) => status === 'offline', {
    what: 'the agent is offline',
    withinMs: SOON_MS,
  });
  story.must(
    tile.connectivity === 'disconnected' && tile.cause === 'agent',
    'and the agent is offline at once, by the agent’s own doing (C3)',
    `${tile.connectivity}, ${tile.cause}`,
  );
}

async function oneSessionTwice(stage: Stage, site: Site, login: Login): Promise<void> {
  const { story } = stage;
  const token = await login.token();
  const first = await stage.open(() => Wire.open(site.url));
  const { session, seq, tile } = await first.hello({ token, device: 'first' });
  await site.board.until(tile.id, (shown) => shown.seq === seq, {
    what: 'the board shows it',
    withinMs: SOON_MS,
  });
  const begun = performance.now();
  const second = await stage.open(() => Wire.open(site.url));
  const welcome = await second.hello({ token, device: 'second', resume: { session, seq } });
  const { code } = await first.closed;
  story.must(
    code === RESUMED_ELSEWHERE && welcome.resumed && welcome.session === session,
    `a session that is resumed in a second socket closes the first with ${RESUMED_ELSEWHERE}`,
    `${code}, ${welcome.resumed ? 'resumed' : 'not resumed'}`,
  );
  await pause(SOON_MS);
  story.must(
    second.isOpen &&
      site.board.shown(tile.id, begun).every((shown) => shown.tile.connectivity === 'connected'),
    'and the agent stays connected (C4)',
  );
}

async function bothAtOnce(stage: Stage, site: Site, login: Login): Promise<void> {
  const { story } = stage;
  const [first, second] = await bothTabs(stage, site, login);
  const same = await Promise.all([first.choose('busy', 'both'), second.choose('busy', 'both')]);
  story.must(
    same[0] !== null && same[0] === same[1],
    'the same status from both tabs at once is one change, and both are told so (A10)',
    same.join(', '),
  );
  const other = await Promise.all([first.choose('away', 'first'), second.choose('available', 'second')]);
  story.must(
    other[0] !== null && other[1] !== null && Math.abs(other[0] - other[1]) === 1,
    'two statuses from both tabs at once are two changes, one after the other (B6)',
    other.join(', '),
  );
  await until(
    () => first.state.seq === second.state.seq && first.state.tile?.status === second.state.tile?.status,
    {
      what: 'both tabs know the same',
      withinMs: SOON_MS,
    },
  );
  const last = (other[0] ?? 0) > (other[1] ?? 0) ? 'away' : 'available';
  story.must(
    [first, second].every(({ state }) => state.tile?.status === last),
    'and both tabs end with the later one',
  );
  const promises: Promises = { agentId: first.agentId, promised: [...first.promised, ...second.promised] };
  story.mustBeNone(
    await judgeHistories(site.manager, [promises], site.since),
    'the history holds each of them once',
  );
}

async function bothTabs(stage: Stage, site: Site, login: Login): Promise<readonly [Tab, Tab]> {
  const tabs = [await stage.tab(site, login, 'first'), await stage.tab(site, login, 'second')] as const;
  const { agentId } = tabs[0];
  await site.board.until(agentId, ({ seq }) => seq === tabs[1].state.seq, {
    what: 'the board shows both tabs',
    withinMs: SOON_MS,
  });
  return tabs;
}
