import { mustHaveChosen, seqOf, visit, type VisitOptions } from '../cast/visit.ts';
import { Wire } from '../cast/wire.ts';
import type { Scenario } from '../scenario.ts';
import type { OwnSite } from '../stage.ts';
import { activityOfOtherTimes, byesInARace, seqsOutOfOrder } from './late-frames.ts';

const MAX_BYTES = 4_096;
/** More than a socket may send at once. */
const FLOOD = 60;
/** The race is no flapping. */
const FLAP_LIMIT = 1_000;

/** What networks and clients do to frames. */
export const duplicatesAndLate: Scenario = {
  name: 'duplicates-and-late',
  shows:
    'frames twice, late, early, out of order or broken, and a command again after kill -9: each is done once',
  plays: 'on a server of its own',
  async play(stage) {
    const site = await stage.ownSite({ variables: {} });
    await stage.configure(site, { FLAP_LIMIT });
    const logins = await stage.logIn(site, { count: 6 });
    const [twice, activity, order, racing, broken, again] = logins.map((login) => ({ stage, site, login }));
    if (!twice || !activity || !order || !racing || !broken || !again)
      throw new TypeError('six were asked for');
    await framesTwice(twice);
    await activityOfOtherTimes(activity);
    await seqsOutOfOrder(order);
    await byesInARace(racing);
    await framesThatClose(broken);
    await againAfterKill(again, site);
    stage.story.mustBeNone(site.board.wrongs, 'the board had no gap, no repeat and no reorder');
  },
};

async function framesTwice(options: VisitOptions): Promise<void> {
  const { story } = options.stage;
  const { wire } = await visit(options);
  const busy = { op: 'status', id: 'one', status: 'busy', reason: 'a call' };
  const first = await wire.ask(busy);
  const again = await wire.ask(busy);
  const other = await wire.ask({ ...busy, status: 'away', reason: 'another wish' });
  story.must(
    first.op === 'ok' && seqOf(again) === first.seq && seqOf(other) === first.seq,
    'a command id that comes again is answered as the first time, whatever comes with it (B6)',
    JSON.stringify([first, again, other]),
  );

  const away = { op: 'status', id: 'two', status: 'away', reason: 'twice at once' };
  const answers = wire.answersTo(away.id, 2);
  wire.send(away);
  wire.send(away);
  const [one, two] = await answers;
  story.must(
    one?.op === 'ok' && seqOf(two) === one.seq,
    'the same frame twice, without waiting, is one change and has two answers (B6)',
    JSON.stringify([one, two]),
  );
  await mustHaveChosen(options, [
    { seq: seqOf(first) ?? 0, status: 'busy', reason: 'a call' },
    { seq: seqOf(one) ?? 0, status: 'away', reason: 'twice at once' },
  ]);
}

/** What closes a socket, each with its own code. */
async function framesThatClose(options: VisitOptions): Promise<void> {
  const { stage, site, login } = options;
  const token = await login.token();
  const hello = { op: 'hello', token, device: 'faults' };
  const status = { op: 'status', id: 'early', status: 'busy' };
  const expected: readonly (readonly [what: string, code: number, frames: readonly (object | string)[]])[] = [
    ['a status before hello', 4400, [status]],
    ['a second hello', 4400, [hello, hello]],
    ['what is no JSON', 4400, [hello, '{"op":']],
    ['an op that there isn’t', 4400, [hello, { op: 'sing' }]],
    [`more than ${MAX_BYTES} bytes`, 4413, [hello, { ...status, reason: 'x'.repeat(MAX_BYTES) }]],
    ['a flood', 4429, [hello, ...Array.from({ length: FLOOD }, () => ({ op: 'active', at: 0 }))]],
  ];
  const wrongs: string[] = [];
  for (const [what, code, frames] of expected) {
    const wire = await stage.open(() => Wire.open(site.url));
    for (const frame of frames) wire.send(frame);
    const closed = await wire.closed;
    if (closed.code !== code) wrongs.push(`${what}: ${closed.code} instead of ${code}`);
  }
  stage.story.mustBeNone(
    wrongs,
    `${expected.map(([what]) => what).join(', ')}: each closes with its own code`,
  );
  await mustHaveChosen(options, []);
}

async function againAfterKill(options: VisitOptions, { server, launch }: OwnSite): Promise<void> {
  const { stage, login } = options;
  const { wire, session } = await visit(options);
  const tea = { op: 'status', id: 'tea', status: 'break', reason: 'tea' };
  const first = await wire.ask(tea);
  stage.story.does('kills the server (SIGKILL) right after an acknowledgement, and starts it again');
  await server.end('SIGKILL');
  const { url } = await stage.start(launch);
  const next = await stage.open(() => Wire.open(url));
  const resume = { session, seq: seqOf(first) ?? 0 };
  const { resumed, tile } = await next.hello({ token: await login.token(), device: 'faults', resume });
  stage.story.must(
    resumed && tile.duty === 'break' && tile.reason === 'tea',
    'what was acknowledged is there, and the session goes on (F2, C6)',
    `${resumed ? 'resumed' : 'not resumed'}, ${tile.duty}`,
  );
  const again = await next.ask(tea);
  stage.story.must(
    first.op === 'ok' && seqOf(again) === first.seq,
    'the same command id is answered as before the crash, and done once (B6)',
    JSON.stringify([first, again]),
  );
  await mustHaveChosen(options, [{ seq: seqOf(first) ?? 0, status: 'break', reason: 'tea' }]);
}
