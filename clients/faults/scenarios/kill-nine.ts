import { freePort } from '../ground/free-port.ts';
import { ADMIN_PASSWORD, PASSWORD } from '../ground/seeded-folder.ts';
import { startServer } from '../ground/server-process.ts';
import { KillRounds } from '../judging/kill-rounds.ts';
import type { Scenario } from '../scenario.ts';
import { inSeconds } from '../waiting.ts';

const AGENTS = 60;
/** Changes a second of one agent. */
const RATE = 10;
const ROUNDS = 3;
const SHORTEST_MS = 300;

/** The server's process dies at any moment: out of memory, or by an impatient hand. */
export const killNine: Scenario = {
  name: 'kill-nine',
  shows:
    'the server is killed (SIGKILL) under load, again and again: nothing acknowledged is lost, nothing half done',
  plays: 'on a server of its own',
  async play(stage) {
    const { story, wishes } = stage;
    const folder = await stage.folder();
    const agents = wishes.agents ?? AGENTS;
    const variables = {
      DATA_DIR: folder.path,
      PORT: String(await freePort()),
      ADMIN_PASSWORD,
      // The same tokens hold for all rounds.
      JWT_EXPIRY: '12h',
    };
    const played = await stage.open(() =>
      KillRounds.begin({
        start: () => startServer({ variables }),
        agents,
        password: PASSWORD,
        rate: agents * RATE,
      }),
    );
    for (let round = 1; round <= ROUNDS; round++) {
      const aliveMs = SHORTEST_MS + Math.random() * (played.longestMs - SHORTEST_MS);
      story.does(
        `round ${round}: ${agents} agents change their status ${RATE} times a second each, then SIGKILL`,
      );
      const { acknowledged, unanswered, happened, complaints, livedMs, restartMs } =
        await played.play(aliveMs);
      story.mustBeNone(
        complaints,
        `killed after ${inSeconds(livedMs)}, there again after ${inSeconds(restartMs)}: of ${acknowledged} ` +
          `acknowledged changes none is lost, of ${unanswered} unanswered ones ${happened} had happened, whole (F1, F2)`,
      );
    }
  },
};
