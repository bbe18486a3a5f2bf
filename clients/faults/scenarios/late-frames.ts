/** Parts of duplicates-and-late.ts: frames that come at the wrong time. */
import { mustHaveChosen, seqOf, visit, type VisitOptions } from '../cast/visit.ts';
import { Wire, WireBroken } from '../cast/wire.ts';
import { pause, until } from '../waiting.ts';

const SOON_MS = 5_000;
const HOUR_MS = 3_600_000;
/** Frames of activity count once in so long. */
const ACTIVE_MS = 1_100;
/** Two readings of two clocks on one machine agree so well. */
const ALIKE_MS = 100;
const RACES = 10;

export async function activityOfOtherTimes(options: VisitOptions): Promise<void> {
  const { stage, site } = options;
  const { wire, agentId, seq } = await visit(options);
  const known = async () => (await site.manager.api.presence.why.query({ agentId })).axes.activity;
  const wrongs: string[] = [];
  let last = (await known()).activeAt ?? 0;
  for (const at of [Date.now() + 24 * HOUR_MS, 1e300, Date.now() - HOUR_MS, 0, -1e300, 12.5]) {
    wire.send({ op: 'active', at });
    await pause(ACTIVE_MS);
    const { state, activeAt } = await known();
    if (state !== 'active') wrongs.push(`${at} made the agent ${state}`);
    if (activeAt === null || activeAt < last - ALIKE_MS) wrongs.push(`${at} moved the last activity back`);
    else if (activeAt > Date.now() + ALIKE_MS) wrongs.push(`${at} moved the last activity into the future`);
    last = Math.max(last, activeAt ?? 0);
  }
  stage.story.mustBeNone(
    wrongs,
    'activity in the past or the future counts as between the last one and now (C2)',
  );
  stage.story.must(wire.isOpen && site.board.tile(agentId).seq === seq, 'and none of it is journalled (B5)');
}

export async function seqsOutOfOrder(options: VisitOptions): Promise<void> {
  const { story } = options.stage;
  const { wire, seq } = await visit(options);
  const ask = (id: string, expectSeq: number, status: string) =>
    wire.ask({ op: 'status', id, status, reason: id, expectSeq });
  // Sent in one go, the second before its time.
  const answers = await Promise.all([
    ask('too early', seq + 1, 'away'),
    ask('first', seq, 'busy'),
    ask('too late', seq, 'away'),
    ask('second', seq + 1, 'away'),
  ]);
  const codes = answers.map((answer) => (answer.op === 'ok' ? 'ok' : answer.code)).join(' ');
  story.must(
    codes === 'CONFLICT ok CONFLICT ok',
    'a command whose expectSeq is out of order is refused with CONFLICT, the others are done (B7)',
    codes,
  );
  await mustHaveChosen(options, [
    { seq: seqOf(answers[1]) ?? 0, status: 'busy', reason: 'first' },
    { seq: seqOf(answers[3]) ?? 0, status: 'away', reason: 'second' },
  ]);
}

/** Two tabs say bye within milliseconds, while a third says hello: the second bye may be that of an ended session. */
export async function byesInARace({ stage, site, login }: VisitOptions): Promise<void> {
  const agentId = login.user.id;
  const token = await login.token();
  const wrongs: string[] = [];
  let welcomed = 0;
  for (let race = 0; race < RACES; race++) {
    const [first, second, third] = await Promise.all(
      [0, 1, 2].map(async () => await stage.open(() => Wire.open(site.url))),
    );
    if (!first || !second || !third) throw new TypeError('three were asked for');
    await first.hello({ token, device: 'first' });
    await second.hello({ token, device: 'second' });
    for (const [wire, delayMs] of [
      [first, race],
      [second, 2 * race],
    ] as const)
      setTimeout(() => wire.isOpen && wire.send({ op: 'bye', id: `bye ${race}` }), delayMs);
    const welcome = await third.hello({ token, device: 'third' }).catch((error: unknown) => {
      if (error instanceof WireBroken) return null;
      throw error;
    });
    await Promise.all([first.closed, second.closed]);
    await pause(ACTIVE_MS / 4);
    const isThere = welcome !== null && third.isOpen;
    if (isThere) welcomed += 1;
    const { connectivity } = site.board.tile(agentId);
    if ((connectivity === 'connected') !== isThere)
      wrongs.push(`the third tab is ${isThere ? 'connected' : 'gone'}, and the board shows ${connectivity}`);
    third[Symbol.dispose]();
    await until(() => site.board.tile(agentId).connectivity !== 'connected', {
      what: 'nobody is left',
      withinMs: SOON_MS,
    });
  }
  stage.story.mustBeNone(
    wrongs,
    `two log-outs and a log-in within milliseconds, ${RACES} times: the new one stayed ${welcomed} times, ` +
      'went with the others else, and the board shows which (C3)',
  );
}
