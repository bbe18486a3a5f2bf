import type { Tile } from '../../../api/contract/tile.ts';
import type { Crowd } from '../cast/crowd.ts';
import type { Tab } from '../cast/tab.ts';
import { startProxy, type Proxy } from '../ground/proxy.ts';
import { WallClock } from '../ground/wall-clock.ts';
import { type Break, compareBreak, dueIn } from '../judging/break-times.ts';
import { judgeHistories } from '../judging/history.ts';
import type { WatchedBoard } from '../judging/watched-board.ts';
import type { Scenario } from '../scenario.ts';
import type { OwnSite, Stage } from '../stage.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const HOUR_MS = 3_600_000;
const HEARTBEAT_SECONDS = 5;
const GRACE_MS = 15_000;
/** The least that may be set. */
const IDLE_MS = 30_000;
/** The agent is told of its end 25 s after its beginning, between the jumps. */
const BREAK_MS = 145_000;
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
/** Two readings of how much time is left: one when the server told it, one here. */
const LEFT_MS = 5_000;

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
  mostlyWaits: true,
  async play(stage) {
    const { story } = stage;
    const clock = await WallClock.in(await stage.emptyFolder());
    const site = await stage.ownSite(clock.launch);
    await stage.configure(site, {
      WEBSOCKET_HEARTBEAT_INTERVAL: HEARTBEAT_SECONDS,
      RECONNECT_GRACE_SECONDS: GRACE_MS / 1000,
      MAX_AGENT_IDLE_TIME: IDLE_MS / 1000,
    });
    story.notes(
      'Date is shifted in the server’s process, by a module that is loaded before it; its timers are not',
    );
    const cast = {
      onBreak: await stage.crowd(site, { count: AGENTS, first: 0 }),
      active: await stage.crowd(site, { count: AGENTS, first: AGENTS }),
      idling: await stage.crowd(site, { count: AGENTS, first: 2 * AGENTS }),
    };
    await site.manager.api.statuses.save.mutate({ code: 'break', maxSeconds: BREAK_MS / 1000 });
    const onBreak = await goOnBreak(cast.onBreak);
    const stirring = setInterval(() => {
      for (const tab of cast.active.tabs) tab.active();
    }, 1_000);
    stage.defer(() => clearInterval(stirring));
    const proxy = await stage.open(() => startProxy(site.url));

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
      if (shiftMs > 0) mustTellTimeLeft({ stage, site, cast, proxy }, onBreak);
    }
    await mustRunOn({ stage, site, cast, proxy }, onBreak);
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
  parts: Parts,
  { jump, first }: { readonly jump: () => Promise<void>; readonly first: number },
): Promise<readonly Crowd[]> {
  const { stage, site, cast, proxy } = parts;
  const { board } = site;
  const leaving = await stage.crowd(site, { count: AGENTS, first });
  const later = await stage.crowd(site, { count: AGENTS, first: first + AGENTS });
  const cutOff = await stage.crowd({ ...site, url: proxy.url }, { count: AGENTS, first: first + 2 * AGENTS });

  for (const tab of cast.idling.tabs) tab.active();
  await all(cast.idling, ({ agentId }) => board.until(agentId, is('available'), soon('is active again')));
  const stirredAt = performance.now();
  await leave(leaving, board);
  const leftAt = performance.now();
  await pause(BEFORE_MS);

  const everybody = [cast.onBreak, cast.active, cast.idling, leaving, later, cutOff]
    .flatMap(({ tabs }) => tabs)
    .map((tab) => ({ tab, before: board.tile(tab.agentId) }));
  const jumpedAt = performance.now();
  await jump();
  await pause(STILL_MS);
  stage.story.mustBeNone(
    everybody.flatMap(({ tab: { agentId, username }, before }) =>
      board
        .shown(agentId, jumpedAt)
        .filter(({ tile }) => tile.status !== before.status || tile.connectivity !== before.connectivity)
        .map(({ tile }) => `${username} ${tile.status} ${tile.connectivity}`),
    ),
    `no storm: none of ${everybody.length} agents became another (D6)`,
  );

  await liveOn(parts, cutOff);
  await leave(later, board);
  const leftLaterAt = performance.now();
  await mustBecome(parts, { who: leaving, status: 'offline', since: leftAt, afterMs: GRACE_MS });
  await mustBecome(parts, { who: later, status: 'offline', since: leftLaterAt, afterMs: GRACE_MS });
  await mustBecome(parts, {
    who: cast.idling,
    status: 'away',
    since: stirredAt,
    afterMs: IDLE_MS,
  });
  mustHaveStayed(parts, jumpedAt);
  return [leaving, later, cutOff];
}

/** Resolves when the board shows them as reconnecting. */
async function leave(crowd: Crowd, board: WatchedBoard): Promise<void> {
  for (const tab of crowd.tabs) tab.close();
  await all(crowd, ({ agentId }) =>
    board.until(agentId, ({ connectivity }) => connectivity === 'reconnecting', soon('is reconnecting')),
  );
}

/** What goes on by the new time. */
async function liveOn({ stage, site, cast, proxy }: Parts, cutOff: Crowd): Promise<void> {
  const { story } = stage;
  story.does('breaks some connections, ends others, and changes statuses, by the new time');
  const cutAt = performance.now();
  const connections = cutOff.tabs.map((tab) => tab.connections);
  proxy.cut();
  await until(
    () => cutOff.tabs.every((tab, index) => tab.isLive && tab.connections > (connections[index] ?? 0)),
    { what: 'who lost the connection is back', withinMs: BACK_MS },
  );
  story.mustBeNone(
    site.board.whoLeft(cutOff.tabs, cutAt),
    'who lost the connection came back, and never left',
  );
  const busy = await all(cast.active, (tab) => tab.choose('busy', `at ${Math.round(cutAt)}`));
  const available = await all(cast.active, (tab) => tab.choose('available', `after ${Math.round(cutAt)}`));
  story.must(!busy.includes(null) && !available.includes(null), 'commands are carried out');
}

interface Becoming {
  readonly who: Crowd;
  readonly status: string;
  /** Monotonic time here, milliseconds. */
  readonly since: number;
  readonly afterMs: number;
}

/** When the time has passed, by the clock that never jumps, and not before. */
async function mustBecome({ stage, site }: Parts, { who, status, since, afterMs }: Becoming): Promise<void> {
  await all(who, ({ agentId }) =>
    site.board.until(agentId, is(status), { what: `is ${status}`, withinMs: afterMs + LATE_MS }),
  );
  const tookMs = performance.now() - since;
  stage.story.must(
    tookMs >= afterMs - EARLY_MS,
    `${who.tabs.length} agents were ${status} when their time was over, not before: after ${inSeconds(tookMs)} of ${inSeconds(afterMs)}`,
  );
}

/** Resolves when all are on a break. */
function goOnBreak(crowd: Crowd): Promise<readonly Break[]> {
  return all(crowd, async (tab) => {
    const begunAt = performance.now();
    const seq = await tab.choose('break', 'tea');
    return { tab, lastsMs: BREAK_MS, begunAt, from: (seq ?? 0) + 1 };
  });
}

/** Whoever watches a break sees as much of it left as there is. */
function mustTellTimeLeft({ stage, site: { board } }: Parts, breaks: readonly Break[]): void {
  stage.story.mustBeNone(
    breaks.flatMap(({ tab, lastsMs, begunAt }) => {
      const leftMs = begunAt + lastsMs - performance.now();
      const toldMs = (board.tile(tab.agentId).deadline ?? Infinity) - board.asOf;
      const isSo = Math.abs(toldMs - leftMs) < LEFT_MS;
      return isSo ? [] : [`${tab.username} ${inSeconds(toldMs)} of ${inSeconds(leftMs)}`];
    }),
    'tiles tell how much is left of a break, by the new time',
  );
}

/** The clock was set, and neither hastens nor delays what breaks bring. */
async function mustRunOn({ stage, site }: Parts, breaks: readonly Break[]): Promise<void> {
  const { story } = stage;
  story.does('waits until the breaks are over');
  const wrongs = await Promise.all(
    breaks.map(async (taken) => {
      const due = dueIn(taken);
      const last = Math.max(...due.map(([, dueMs]) => dueMs));
      await pause(Math.max(0, taken.begunAt + last - performance.now()));
      await site.board.until(taken.tab.agentId, ({ seq }) => seq >= taken.from + due.length, {
        what: 'was told all that a break brings, and that the clock was set ahead',
        withinMs: LATE_MS,
      });
      return compareBreak(site, taken, { earlyMs: EARLY_MS, lateMs: LATE_MS });
    }),
  );
  story.mustBeNone(
    wrongs.flat(),
    `warning and end of ${breaks.length} breaks came when they were due, each once (D2, D6)`,
  );
}

function mustHaveStayed({ stage, site, cast }: Parts, since: number): void {
  const { board } = site;
  stage.story.mustBeNone(
    cast.onBreak.tabs.flatMap(({ agentId, username }) =>
      board.tile(agentId).status === 'break' ? [] : [username],
    ),
    'breaks went on',
  );
  stage.story.mustBeNone(
    cast.active.tabs.flatMap(({ agentId, username }) =>
      board.shown(agentId, since).some(({ tile }) => tile.status === 'away') ? [username] : [],
    ),
    'nobody who was active was shown as away (C2)',
  );
}

function all<Result>({ tabs }: Crowd, each: (tab: Tab) => Promise<Result>): Promise<Result[]> {
  return Promise.all(tabs.map(each));
}

function is(status: string): (tile: Tile) => boolean {
  return (tile) => tile.status === status;
}

function soon(what: string): { what: string; withinMs: number } {
  return { what, withinMs: STILL_MS };
}
