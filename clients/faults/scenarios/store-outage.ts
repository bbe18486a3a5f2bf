import { freePort } from '../ground/free-port.ts';
import { type OwnPostgres, startPostgres } from '../ground/postgres.ts';
import { type Proxy, startProxy } from '../ground/proxy.ts';
import { ADMIN_PASSWORD, seed } from '../ground/seeded-folder.ts';
import { judgeHistories } from '../judging/history.ts';
import { isDrained, keepsUp, type Readiness, readinessOf } from '../judging/readiness.ts';
import { NotHere, type Scenario } from '../scenario.ts';
import type { OwnSite, Stage } from '../stage.ts';
import { inSeconds, pause, until } from '../waiting.ts';

const AGENTS = 20;
const EVERY_MS = 200;
const UNDER_LOAD_MS = 2_000;
const AWAY_SECONDS = 60;
const AWAY_SECONDS_IN_A_ROW = 15;
const LOOK_MS = 1_000;
const BACK_MS = 25_000;
const DRAINED_MS = 90_000;

/** The database server is down, or doesn't answer any more. */
export const storeOutage: Scenario = {
  name: 'store-outage',
  shows:
    'the database goes away under load, and then hangs: commands go on, the lag is told, the history is whole after',
  plays: 'on a server of its own',
  async play(stage) {
    const { story, wishes } = stage;
    const postgres = await stage.open(() => postgresOrNone());
    const network = await stage.open(() => startProxy(postgres.url('postgres')));
    const site = await siteWith(stage, { postgres, network });
    const proxy = await stage.open(() => startProxy(site.url));
    const crowd = await stage.crowd({ ...site, url: proxy.url }, { count: wishes.agents ?? AGENTS });
    const begun = performance.now();
    crowd.begin(EVERY_MS);
    await pause(UNDER_LOAD_MS);

    const awayMs = (wishes.seconds ?? (wishes.isInARow ? AWAY_SECONDS_IN_A_ROW : AWAY_SECONDS)) * 1000;
    story.does(`stops PostgreSQL for ${inSeconds(awayMs)}, while statuses change`);
    await postgres.stop();
    const before = crowd.acknowledged;
    const told = await Promise.all([
      look(site, awayMs),
      (async () => {
        await pause(awayMs / 3);
        story.does('breaks every agent’s connection meanwhile');
        proxy.cut();
        const tookMs = await until(
          () => crowd.tabs.every(({ isLive, connections }) => isLive && connections > 1),
          {
            what: 'everybody is back, though the database is away',
            withinMs: BACK_MS,
          },
        );
        story.must(true, `everybody is back, though the database is away (C4): after ${inSeconds(tookMs)}`);
      })(),
    ]);
    mustTellLag(stage, told[0]);
    const meanwhile = crowd.acknowledged - before;
    story.must(meanwhile > 0, `${meanwhile} commands were acknowledged meanwhile (F3)`);
    await postgres.start();
    await mustCatchUp(stage, site, 'PostgreSQL is started again');

    story.does('lets PostgreSQL hang: connections stay open, nothing gets through');
    network.hold();
    mustTellLag(stage, await look(site, Math.min(awayMs, BACK_MS) / 2));
    network.release();
    await mustCatchUp(stage, site, 'it answers again');

    await crowd.rest();
    await until(async () => isDrained(await readinessOf(site.url)), {
      what: 'nothing lags',
      withinMs: DRAINED_MS,
    });
    story.must(true, 'with nobody changing anything, /ready tells that nothing lags');
    story.mustBeNone(
      crowd.refused,
      `no command was refused; ${crowd.acknowledged} were acknowledged in all (F3)`,
    );
    story.mustBeNone(site.board.whoLeft(crowd.tabs, begun), 'nobody on the board left');
    story.mustBeNone(
      await judgeHistories(site.manager, crowd.promises, site.since),
      'the history of each agent is what was acknowledged, whole and in order (F3)',
    );
    story.mustBeNone(site.board.wrongs, 'the board had no gap, no repeat and no reorder');
  },
};

async function postgresOrNone(): Promise<OwnPostgres> {
  return startPostgres().catch((error: unknown) => {
    throw new NotHere(
      `there is no PostgreSQL here: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
}

async function siteWith(
  stage: Stage,
  { postgres, network }: { postgres: OwnPostgres; network: Proxy },
): Promise<OwnSite> {
  const url = new URL(postgres.url('postgres'));
  url.port = String(network.port);
  const folder = await stage.emptyFolder();
  const variables = {
    DATA_DIR: folder.path,
    DATABASE_URL: url.href,
    PORT: String(await freePort()),
    ADMIN_PASSWORD,
  };
  await stage.use(seed(variables, stage.wishes.agents ?? AGENTS)).done;
  return stage.siteOn(folder, { variables });
}

/** What an operator's probe is told for so long, once a second. */
async function look({ url }: OwnSite, forMs: number): Promise<readonly (Readiness | null)[]> {
  const begun = performance.now();
  const told: (Readiness | null)[] = [];
  do {
    await pause(LOOK_MS);
    told.push(await readinessOf(url));
  } while (performance.now() - begun < forMs);
  return told;
}

function mustTellLag({ story }: Stage, told: readonly (Readiness | null)[]): void {
  const silent = told.filter((readiness) => readiness === null).length;
  story.must(
    silent === 0,
    `/ready answered each of ${told.length} times`,
    `${silent} times without an answer`,
  );
  const last = told.at(-1);
  const lag = last?.projections['documents']?.lag;
  story.must(
    last?.database === 'failed' && (lag?.offsets ?? 0) > 0 && (lag?.ageMs ?? 0) > 0,
    `it tells that the database fails, and the lag (F3): ${lag?.offsets} bytes, ${inSeconds(lag?.ageMs ?? 0)}`,
    JSON.stringify(last),
  );
}

async function mustCatchUp({ story }: Stage, { url }: OwnSite, when: string): Promise<void> {
  story.does(`${when}, while statuses go on changing`);
  const tookMs = await until(async () => keepsUp(await readinessOf(url)), {
    what: 'the copy keeps up again',
    withinMs: DRAINED_MS,
  });
  story.must(true, `the copy keeps up with the journal again (F3): after ${inSeconds(tookMs)}`);
}
