import { readFile } from 'node:fs/promises';
import { Audience } from '../../simulator/audience/audience.ts';
import { CursorWatcher } from '../../simulator/audience/cursor-watcher.ts';
import { Reception } from '../../simulator/audience/reception.ts';
import { compareWatchers } from '../../simulator/verdict.ts';
import type { Scenario } from '../scenario.ts';
import { inSeconds, until } from '../waiting.ts';

const AGENTS = 50;
const EVERY_MS = 100;
const OTHERS = 5;
/** Long reasons make large tiles: as many bytes as may be. */
const REASON = '…'.repeat(450);
/** What may wait for a watcher in the server, and what the network holds on the way there, at the least. */
const BOUND_BYTES = 4 << 20;
const NETWORK_BYTES = 8 << 20;
const MEGABYTE = 1 << 20;
const FILLED_MS = 120_000;
const SOON_MS = 10_000;

/** A screen whose network is gone without a word, or whose computer hangs. */
export const unpluggedWatcher: Scenario = {
  name: 'unplugged-watcher',
  shows:
    'a watcher stops reading: it is cut off at a bound, the others get everything, and it resumes where it was',
  plays: 'on any server',
  async play(stage) {
    const { story, wishes } = stage;
    const site = await stage.site();
    const { manager, url } = site;
    const token = () => manager.login.token();
    const crowd = await stage.crowd(site, { count: wishes.agents ?? AGENTS, reason: REASON });
    const others = stage.use(new Audience({ url, token, watchers: OTHERS }));
    await others.start();
    const reception = new Reception();
    const unplugged = stage.use(new CursorWatcher({ url, token, reception }));
    await unplugged.begun;

    const enough = BOUND_BYTES + NETWORK_BYTES + (await sendBufferBytes());
    story.does(
      `one of ${OTHERS + 1} watchers stops reading, until each of the others was sent ${Math.round(enough / MEGABYTE)} MB more`,
    );
    unplugged.stopReading();
    const held = unplugged.cursor;
    const before = others.reception.bytes;
    const cursorWatchers = others.cursors.length;
    crowd.begin(EVERY_MS);
    const tookMs = await until(() => (others.reception.bytes - before) / cursorWatchers >= enough, {
      what: 'the others were sent as much',
      withinMs: FILLED_MS,
    });
    await crowd.rest();
    const board = () => manager.api.presence.board.query({ scope: { all: true } });
    await until(async () => compareWatchers(others, await board()).length === 0, {
      what: 'the others hold the board as it is',
      withinMs: SOON_MS,
    });
    const { gaps, closes, errors, events } = others.reception;
    story.must(
      gaps + closes + errors === 0,
      `the others got all ${events} events in ${inSeconds(tookMs)}, none was cut off (G3)`,
      `${gaps} gaps, ${closes} closes, ${errors} errors`,
    );
    story.must(unplugged.cursor === held, 'the one that doesn’t read has got nothing meanwhile');
    story.mustBeNone(crowd.refused, `no command was refused; ${crowd.acknowledged} were acknowledged`);

    story.does('lets it read again');
    unplugged.readOn();
    await until(async () => unplugged.cursor === (await board()).cursor, {
      what: 'it holds the board as it is',
      withinMs: SOON_MS,
    });
    story.must(
      reception.closes === 1,
      'it had been cut off at the bound, and came back by itself (G3)',
      `${reception.closes} closes`,
    );
    story.must(
      reception.gaps === 0 && reception.snapshots === 1 && reception.errors === 0,
      'it resumed by its cursor: nothing was missing, and it needed no snapshot (G1)',
      `${reception.gaps} gaps, ${reception.snapshots} snapshots, ${reception.errors} errors`,
    );
    story.mustBeNone(site.board.wrongs, 'the board had no gap, no repeat and no reorder');
  },
};

/** How much the system takes from a process for one connection at most. */
async function sendBufferBytes(): Promise<number> {
  const text = await readFile('/proc/sys/net/ipv4/tcp_wmem', 'utf8').catch(() => '');
  return Number(text.trim().split(/\s+/)[2] ?? BOUND_BYTES);
}
