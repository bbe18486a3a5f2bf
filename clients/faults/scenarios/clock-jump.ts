import type { Tile } from '../../../api/contract/tile.ts';
import type { Crowd } from '../cast/crowd.ts';
import type { Tab } from '../cast/tab.ts';
import { startProxy, type Proxy } from '../ground/proxy.ts';
import { WallClock } from '../ground/wall-clock.ts';
import { judgeHistories } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import type { OwnSite, Stage } from '../stage.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const HOUR_MS = 3_600_000;
const HEARTBEAT_SECONDS = 5;
const GRACE_SECONDS = 15;
/** The least that may be set. */
const IDLE_SECONDS = 30;
/** Of each kind. */
const AGENTS = 3;
/** Deadlines fall due by then, before the clock jumps and after. */
const BEFORE_MS = 4_000;
const STILL_MS = 5_000;
/** A server that looks once a second, shown a tick later. */
const EARLY_MS = 2_000;
/** The machine may be busy, and a freeze after a restart may hold timers back. */
const LATE_MS = 90_000;
const BACK_MS = 25_000;

/** Who is there, by what runs for them. */
interface Cast {
  readonly onBreak: Crowd;
  readonly active: Crowd;
  readonly idling: Crowd;
}

/** Somebody sets the clock of the server's machine, or NTP does. */
export const clockJump: Scenario = {
  name: 'clock-jump',
  shows: 'the server’s wall clock jumps an hour ahead and back, while breaks, idle limits and graces run',
  plays: 'on a server of its own',
  async play(stage) {
    const { story } = stage;
    const clock = await WallClock.in(await stage.emptyFolder());
    const site = await stage.ownSite(clock.launch);
    await stage.configure(site, {
      WEBSOCKET_HEARTBEAT_INTERVAL: HEARTBEAT_SECONDS,
      RECONNECT_GRACE_SECONDS: GRACE_SECONDS,
      MAX_AGENT_IDLE_TIME: IDLE_SECONDS,
    });
    story.notes(
      'Date is shifted in the server’s process, by a module that is loaded before it; its timers are not',
    );
    const cast = {
      onBreak: await stage.crowd(site, { count: AGENTS, first: 0 }),
      active: await stage.crowd(site, { count: AGENTS, first: AGENTS }),
      idling: await stage.crowd(site, { count: AGENTS, first: 2 * AGENTS }),
    };
    await Promise.all(cast.onBreak.tabs.map((tab) => tab.choose('break', 'tea')));
    const stirring = setInterval(() => {
      for (const tab of cast.active.tabs) tab.active();
    }, 1_000);
    stage.defer(() => clearInterval(stirring));
    const proxy = stage.use(await startProxy(site.url));

    const jumps = [
      { shiftMs: HOUR_MS, first: 3 * AGENTS, how: 'ahead by an hour' },
      { shiftMs: 0, first: 6 * AGENTS, how: 'back by an hour' },
    ];
    const crowds = Object.values<Crowd>(cast);
    for (const { shiftMs, first, how } of jumps) {
      const jump = async () => {
        story.does(`sets the server’s clock ${how}`);
        await clock.goWrongBy(shiftMs);
        // By the server's clock the old one may have run out.
        await site.manager.login.token({ fresh: true });
        const { asOf } = await site.manager.api.presence.board.query({ scope: { all: true } });
        story.must(Math.abs(asOf - Date.now() - shiftMs) < 60_000, 'the server tells that time');
      };
      crowds.push(...(await playJump({ stage, site, cast, proxy }, { jump, first })));
    }
    story.mustBeNone(
      await judgeHistories(
        site.manager,
        crowds.flatMap(({ promises }) => promises),
        site.since,
      ),
      'each history is whole, in order of time, and what was acknowledged (B3)',
    );
    story.mustBeNone(site.board.wrongs, 'the board had no gap, no repeat and no reorder');
  },
};

interface Parts {
  readonly stage: Stage;
  readonly site: OwnSite;
  readonly cast: Cast;
  readonly proxy: Proxy;
}

/** Answers who came for it. */
async function playJump(
  { stage, site, cast, proxy }: Parts,
  { jump, first }: { readonly jump: () => Promise<void>; readonly first: number },
): Promise<readonly Crowd[]> {
  const { story } = stage;
  const { board } = site;
  const { onBreak, active, idling } = cast;
  const losing = await stage.crowd(site, { count: AGENTS, first });
  const late = await stage.crowd(site, { count: AGENTS, first: first + AGENTS });
  const cutOff = await stage.crowd({ ...site, url: proxy.url }, { count: AGENTS, first: first + 2 * AGENTS });

  for (const tab of idling.tabs) tab.active();
  await all(idling.tabs, ({ agentId }) => board.until(agentId, is('available'), soon('is active again')));
  const stirredAt = performance.now();
  for (const tab of losing.tabs) tab.close();
  const lost = await all(losing.tabs, ({ agentId }) =>
    board.until(agentId, ({ connectivity }) => connectivity === 'reconnecting', soon('is reconnecting')),
  );
  const lostAt = performance.now();
  const graceMs = Math.min(...lost.map(({ graceUntil = 0 }) => graceUntil - board.asOf));
  await pause(BEFORE_MS);

  const jumpedAt = performance.now();
  await jump();
  await pause(STILL_MS);
  const everybody = [onBreak, active, idling, losing, late, cutOff].flatMap(({ tabs }) => tabs);
  story.mustBeNone(
    everybody.flatMap(({ agentId, username }) =>
      board.shown(agentId, jumpedAt).map(({ tile }) => `${username} ${tile.status} ${tile.connectivity}`),
    ),
    `no storm: nothing happened to any of ${everybody.length} agents (D6)`,
  );

  story.does('breaks some connections, ends others, and changes statuses, by the new time');
  const connections = cutOff.tabs.map((tab) => tab.connections);
  proxy.cut();
  await until(
    () => cutOff.tabs.every((tab, index) => tab.isLive && tab.connections > (connections[index] ?? 0)),
    {
      what: 'who lost the connection is back',
      withinMs: BACK_MS,
    },
  );
  story.mustBeNone(board.whoLeft(cutOff.tabs, jumpedAt), 'who lost the connection came back, and never left');
  for (const tab of late.tabs) tab.close();
  const lateAt = performance.now();
  const chosen = await all(active.tabs, (tab) => tab.choose('busy', `after ${Math.round(jumpedAt)}`));
  story.must(
    chosen.every((seq) => seq !== null),
    'commands are carried out',
  );
  await all(active.tabs, (tab) => tab.choose('available', `later than ${Math.round(jumpedAt)}`));

  await all(losing.tabs, ({ agentId }) =>
    board.until(agentId, is('offline'), { what: 'the grace is over', withinMs: graceMs + LATE_MS }),
  );
  const goneMs = performance.now() - lostAt;
  story.must(
    goneMs >= graceMs - EARLY_MS,
    `who was in grace went when the grace was over, not before: after ${inSeconds(goneMs)} of ${inSeconds(graceMs)}`,
  );
  await all(late.tabs, ({ agentId }) =>
    board.until(agentId, is('offline'), { what: 'a later grace is over', withinMs: graceMs + LATE_MS }),
  );
  const laterMs = performance.now() - lateAt;
  story.must(
    laterMs >= GRACE_SECONDS * 1000 - EARLY_MS,
    `so was who went after the jump: after ${inSeconds(laterMs)}`,
  );
  await all(idling.tabs, ({ agentId }) =>
    board.until(agentId, is('away'), {
      what: 'who does nothing is away',
      withinMs: IDLE_SECONDS * 1000 + LATE_MS,
    }),
  );
  const idleMs = performance.now() - stirredAt;
  story.must(
    idleMs >= IDLE_SECONDS * 1000 - EARLY_MS,
    `who did nothing was away after the idle limit, not before: after ${inSeconds(idleMs)}`,
  );
  story.mustBeNone(
    onBreak.tabs.flatMap(({ agentId, username }) =>
      board.tile(agentId).status === 'break' ? [] : [username],
    ),
    'breaks went on',
  );
  story.mustBeNone(
    active.tabs.flatMap(({ agentId, username }) =>
      board.shown(agentId, jumpedAt).some(({ tile }) => tile.status === 'away') ? [username] : [],
    ),
    'nobody who was active was shown as away (C2)',
  );
  return [losing, late, cutOff];
}

function all<Result>(tabs: readonly Tab[], each: (tab: Tab) => Promise<Result>): Promise<Result[]> {
  return Promise.all(tabs.map(each));
}

function is(status: string): (tile: Tile) => boolean {
  return (tile) => tile.status === status;
}

function soon(what: string): { what: string; withinMs: number } {
  return { what, withinMs: STILL_MS };
}
