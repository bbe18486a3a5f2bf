import type { Tile } from '../../../api/contract/tile.ts';
import { usernameOf } from '../../simulator/roster.ts';
import type { Computer } from '../cast/computer.ts';
import { compareHistory, timelineOf } from '../judging/history.ts';
import type { Scenario } from '../scenario.ts';
import type { Site, Stage } from '../stage.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const HEARTBEAT_SECONDS = 5;
const GRACE_SECONDS = 20;
/** What a fresh log-in starts with: another status than the one before the sleep. */
const LOGIN_STATUS = 'busy';
const BREAK = { status: 'break', reason: 'the lid is closed' };
/** Beyond what the server must wait for: it looks once a second, and the machine may be busy. */
const LEEWAY_MS = 15_000;
/** A freeze after a mass drop or a restart may hold a grace back for as long. */
const FROZEN_MS = 90_000;

const isReconnecting = ({ connectivity }: Tile) => connectivity === 'reconnecting';

/** A laptop's lid is closed, for a while and for long. */
export const sleepAndWake: Scenario = {
  name: 'sleep-and-wake',
  shows: 'two computers sleep, one for less than the grace and one for longer; both come back as they should',
  plays: 'on any server',
  mostlyWaits: true,
  async play(stage) {
    const { story } = stage;
    const site = await stage.site();
    await stage.configure(site, {
      WEBSOCKET_HEARTBEAT_INTERVAL: HEARTBEAT_SECONDS,
      RECONNECT_GRACE_SECONDS: GRACE_SECONDS,
      DEFAULT_LOGIN_STATUS: LOGIN_STATUS,
    });
    story.notes(`a heartbeat takes ${HEARTBEAT_SECONDS} s here, the grace ${GRACE_SECONDS} s`);
    const [napper, sleeper, awake] = await Promise.all(
      [0, 1, 2].map((place) => Worker.begin(stage, site, place)),
    );
    if (!napper || !sleeper || !awake) throw new TypeError('three were asked for');
    const begun = performance.now();

    story.does('puts two of three computers to sleep (SIGSTOP), each with its agent on a break');
    napper.computer.sleep();
    sleeper.computer.sleep();
    const lost = await Promise.all(
      [napper, sleeper].map(({ agentId }) =>
        site.board.until(agentId, isReconnecting, {
          what: 'a sleeping computer is noticed',
          withinMs: 3 * HEARTBEAT_SECONDS * 1000 + LEEWAY_MS,
        }),
      ),
    );
    const noticedMs = performance.now() - begun;
    story.must(
      noticedMs >= 2 * HEARTBEAT_SECONDS * 1000 - 1_000,
      `both count as lost after two heartbeats without an answer, not before (C5): after ${inSeconds(noticedMs)}`,
    );
    story.must(
      lost.every(
        ({ status, routable, graceUntil }) => status === 'break' && !routable && graceUntil !== undefined,
      ),
      'they are shown as reconnecting with a deadline, still on their break (A5, C3)',
      lost.map(({ status }) => status).join(', '),
    );

    await pause(2_000);
    story.does('wakes one of them, inside the grace');
    napper.computer.wake();
    const back = await site.board.until(napper.agentId, ({ connectivity }) => connectivity === 'connected', {
      what: 'the computer is back',
      withinMs: LEEWAY_MS,
    });
    await napper.computer.until(({ seq }) => seq === back.seq, { what: 'it knows', withinMs: LEEWAY_MS });
    story.must(
      napper.computer.told.session === napper.session && back.status === 'break' && back.duty === 'break',
      'it goes on with its session, and its break stays a break (C4)',
      `${back.status}, session ${napper.computer.told.session === napper.session ? 'kept' : 'new'}`,
    );
    story.mustBeNone(site.board.whoLeft([napper], begun), 'on the board it never left (C4)');

    story.does('lets the other one sleep through the grace');
    await until(() => !isReconnecting(site.board.tile(sleeper.agentId)), {
      what: 'the grace is over',
      withinMs: GRACE_SECONDS * 1000 + FROZEN_MS,
    });
    const gone = site.board.tile(sleeper.agentId);
    const last = site.board
      .shown(sleeper.agentId, begun)
      .map(({ tile }) => tile)
      .findLast(isReconnecting);
    story.must(
      gone.status === 'offline' && gone.connectivity === 'disconnected' && gone.cause === 'disconnect',
      'then it is offline, with the cause disconnect (C3)',
      `${gone.status}, ${gone.connectivity}, ${gone.cause}`,
    );
    story.must(gone.since >= (last?.graceUntil ?? Infinity), 'not before the deadline that was shown');
    sleeper.computer.wake();
    const fresh = await site.board.until(
      sleeper.agentId,
      ({ connectivity }) => connectivity === 'connected',
      {
        what: 'the computer is back',
        withinMs: LEEWAY_MS,
      },
    );
    await sleeper.computer.until(({ seq }) => seq === fresh.seq, { what: 'it knows', withinMs: LEEWAY_MS });
    story.must(
      sleeper.computer.told.session !== sleeper.session && fresh.duty === LOGIN_STATUS,
      `awake again, it is a fresh log-in with DEFAULT_LOGIN_STATUS, not the old break (A10)`,
      `${fresh.duty}, session ${sleeper.computer.told.session === sleeper.session ? 'kept' : 'new'}`,
    );

    story.must(
      site.board.shown(awake.agentId, begun).length === 0 && awake.computer.told.connections === 1,
      'the one that stayed awake was not touched',
    );
    for (const { agentId, promised } of [napper, sleeper, awake])
      story.mustBeNone(
        compareHistory({ agentId, promised }, await timelineOf(site.manager, agentId, site.since)),
        `the history of agent ${agentId} is whole`,
      );
  },
};

/** An agent on a computer, on a break. */
class Worker {
  readonly computer: Computer;
  readonly agentId: number;
  readonly username: string;
  readonly session: string | null;
  readonly promised: readonly { readonly seq: number; readonly status: string; readonly reason: string }[];

  private constructor(computer: Computer, username: string) {
    this.computer = computer;
    this.username = username;
    const { tile, session, seq } = computer.told;
    this.agentId = tile?.id ?? 0;
    this.session = session;
    this.promised = [{ seq, ...BREAK }];
  }

  static async begin(stage: Stage, site: Site, place: number): Promise<Worker> {
    const { board } = site;
    const computer = await stage.computer(site, place);
    computer.choose(BREAK);
    await computer.until(({ tile }) => tile?.status === BREAK.status, {
      what: 'it is on a break',
      withinMs: LEEWAY_MS,
    });
    const worker = new Worker(computer, usernameOf(place));
    await board.until(worker.agentId, ({ seq }) => seq === worker.promised[0]?.seq, {
      what: 'the board shows it',
      withinMs: LEEWAY_MS,
    });
    return worker;
  }
}
