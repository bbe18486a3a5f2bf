import { describe, expect, test } from 'vitest';
import { type Outcome, play } from '../../clients/faults/runner.ts';
import { Fault, NotHere, type Scenario } from '../../clients/faults/scenario.ts';
import type { Given } from '../../clients/faults/stage.ts';
import { Deferred } from '../support/deferred.ts';

const GIVEN: Given = { url: 'http://127.0.0.1:3000', password: 'p', adminPassword: 'a' };

interface Played {
  readonly outcome: Outcome;
  readonly lines: readonly string[];
}

async function played(
  act: Scenario['play'],
  { given = null, plays = 'on any server', signal = new AbortController().signal }: Partial<Playing> = {},
): Promise<Played> {
  const lines: string[] = [];
  const outcome = await play(
    { name: 'trial', shows: 'something', plays, play: act },
    {
      given,
      signal,
      tell: (line) => lines.push(line),
      wishes: { seconds: null, agents: null, isInARow: false },
      template: () => Promise.reject(new Error('nobody is seeded here')),
    },
  );
  return { outcome, lines };
}

interface Playing extends Pick<Scenario, 'plays'> {
  readonly given: Given | null;
  readonly signal: AbortSignal;
}

const isNotPlayed = () => Promise.reject(new Error('is played'));

describe('a scenario', () => {
  test('passes where everything is as it must be, and tells so', async () => {
    const { outcome, lines } = await played(async ({ story }) => {
      story.does('something');
      story.must(true, 'all is well');
      story.mustBeNone([], 'nobody left');
    });
    expect(outcome).toEqual({ kind: 'pass' });
    expect(lines.join('\n')).toMatch(
      /^trial: something\n.* something\n.* right all is well\n.* right nobody left\ntrial: pass \(\d+ s\)\n$/,
    );
  });

  test('goes on behind what is wrong, and fails with all of it', async () => {
    const { outcome, lines } = await played(async ({ story }) => {
      story.must(false, 'all is well', 'a hole');
      story.mustBeNone(['ada', 'bob', 'cy', 'dan', 'eve', 'fay', 'gus'], 'nobody left');
      throw new Fault('not within 5 s: the end');
    });
    const reasons = [
      'all is well (found: a hole)',
      'nobody left (found: ada; bob; cy; dan; eve and 2 more)',
      'not within 5 s: the end',
    ];
    expect(outcome).toEqual({ kind: 'fail', reasons });
    expect(lines.at(-1)).toMatch(`trial: fail: ${reasons.join('; ')}`);
  });

  test('fails with where it came from where something breaks that nobody judged', async () => {
    const { outcome } = await played(() => Promise.reject(new TypeError('oops')));
    expect(outcome).toEqual({ kind: 'fail', reasons: [expect.stringMatching(/TypeError: oops\n +at /)] });
  });

  test('that can’t be played here is skipped with the reason, and so is one that needs another server', async () => {
    const missing = await played(() => Promise.reject(new NotHere('there is no PostgreSQL here')));
    expect(missing.outcome).toEqual({ kind: 'skipped', why: 'there is no PostgreSQL here' });
    const elsewhere = await played(isNotPlayed, { given: GIVEN, plays: 'on a server of its own' });
    expect(elsewhere.outcome).toMatchObject({ kind: 'skipped' });
  });

  test('closes what it opened in the opposite order, whatever fails on the way', async () => {
    const closed: number[] = [];
    const { outcome } = await played(async (stage) => {
      stage.defer(() => void closed.push(1));
      stage.use({ [Symbol.dispose]: () => void closed.push(2) });
      stage.defer(() => Promise.reject(new Error('does not close')));
      stage.defer(() => void closed.push(3));
    });
    expect({ outcome, closed }).toEqual({ outcome: { kind: 'pass' }, closed: [3, 2, 1] });
  });

  test('that is broken off is not waited for; what it still has is closed at once, and it opens no more', async () => {
    const stopping = new AbortController();
    const begun = new Deferred();
    const goingOn = new Deferred();
    const ended = new Deferred();
    const closed: string[] = [];
    const playing = played(
      async (stage) => {
        stage.defer(() => void closed.push('early'));
        begun.resolve();
        await goingOn.promise;
        expect(() => stage.defer(() => void closed.push('late'))).toThrow('broken off');
        await expect(stage.open(() => Promise.reject(new Error('is opened')))).rejects.toThrow('broken off');
        ended.resolve();
      },
      { signal: stopping.signal },
    );
    await begun.promise;
    stopping.abort();
    expect((await playing).outcome).toEqual({ kind: 'broken off' });
    expect(closed).toEqual(['early']);
    goingOn.resolve();
    await ended.promise;
    expect(closed).toEqual(['early', 'late']);
  });
});
