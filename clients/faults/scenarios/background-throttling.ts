import type { Scenario } from '../scenario.ts';
import { pause } from '../waiting.ts';

const HEARTBEAT_SECONDS = 5;
/** Heartbeats come every 30 s by default: everything goes so much faster here. */
const SCALE = 30 / HEARTBEAT_SECONDS;
/** What browsers do to a tab in the background. */
const TIMERS_MS = 60_000 / SCALE;
const LOOKS_MS = (3 * 60_000) / SCALE;

/** A tab that nobody looks at: its timers run once a minute, and it answers pings because the browser does. */
export const backgroundThrottling: Scenario = {
  name: 'background-throttling',
  shows: 'a tab whose timers run once a minute stays connected for minutes, without a flicker on the board',
  plays: 'on any server',
  mostlyWaits: true,
  async play(stage) {
    const { story } = stage;
    const site = await stage.site();
    await stage.configure(site, { WEBSOCKET_HEARTBEAT_INTERVAL: HEARTBEAT_SECONDS });
    const computer = await stage.computer(site, 0, { timersEveryMs: TIMERS_MS });
    const agentId = computer.told.tile?.id ?? 0;
    story.notes(
      `${SCALE} times as fast: a heartbeat each ${HEARTBEAT_SECONDS} s instead of 30, ` +
        `timers each ${TIMERS_MS / 1000} s instead of 60, ${LOOKS_MS / 1000} s instead of 3 minutes`,
    );
    const begun = performance.now();
    story.does('leaves the tab alone');
    await pause(LOOKS_MS);

    const { tile, connections, connection } = computer.told;
    story.must(
      connection === 'live' && connections === 1,
      'the tab is on its first connection (C5)',
      `${connection}, connection ${connections}`,
    );
    const flickers = site.board.shown(agentId, begun);
    story.must(
      flickers.every((shown) => shown.tile.connectivity === 'connected'),
      'the board showed it connected all the time',
      `${flickers.length} changes`,
    );
    story.must(site.board.tile(agentId).seq === tile?.seq, 'the tab knows what the board shows');
  },
};
