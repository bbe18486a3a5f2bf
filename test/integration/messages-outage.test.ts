import { expect, test } from 'vitest';
import { PASSWORD } from '../support/data-folders.ts';
import { startPostgres } from '../../clients/faults/ground/postgres.ts';
import { logIn, sayHello } from '../support/people.ts';
import { isCaughtUp, readyOf, readyWhen } from '../support/projected.ts';
import { codeOf } from '../support/refusals.ts';
import { runToEnd, startServerProcess } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { watchInbox } from '../support/watching.ts';

const postgres = await startPostgres().catch((error: unknown) => {
  process.stdout.write(`skipped: postgres (${String(error)})\n`);
  return null;
});

test.skipIf(postgres === null)(
  'H4: while the database is stopped messages are sent, delivered, read and acknowledged; afterwards the history has all of it',
  async () => {
    if (postgres === null) return;
    await using database = postgres;
    await using folder = await temporaryFolder();
    const variables = { DATA_DIR: folder.path, DATABASE_URL: database.url('postgres') };
    const seeded = await runToEnd('api/commands/seed.ts', variables, [
      '--agents',
      '2',
      '--password',
      PASSWORD,
    ]);
    expect(seeded).toMatchObject({ code: 0 });
    await using rollcall = await startServerProcess(variables);
    using manager = await logIn(rollcall.url, 'manager');
    using present = await logIn(rollcall.url, 'agent0001');
    using absent = await logIn(rollcall.url, 'agent0002');
    const { socket } = await sayHello(rollcall.url, present.token);
    using _ = socket;
    const send = async (content: string, commandId = content) =>
      (
        await manager.api.messages.send.mutate({
          to: { userIds: [present.id, absent.id] },
          content,
          priority: 'urgent',
          commandId,
        })
      ).messageId;
    const before = await send('before');
    await socket.next(({ id }) => id === before);
    await readyWhen(rollcall.url, { isSo: isCaughtUp, withinMs: 10_000 });

    using watched = watchInbox(absent);
    expect(await watched.until(({ type }) => type === 'snapshot')).toMatchObject({
      messages: [{ id: before }],
    });

    await database.stop();
    const during = await send('during');
    expect(await send('again', 'during')).toBe(during);
    expect(await socket.next(({ op }) => op === 'message')).toMatchObject({ id: during });
    for (const [at, message] of [before, during].entries())
      expect(await socket.ask({ op: 'acknowledge', id: `a${at}`, message })).toMatchObject({ op: 'ok' });
    expect(await socket.ask({ op: 'activity', id: 'x', type: 'csat' })).toMatchObject({ op: 'ok' });
    // Who has no socket finds both, as far as the engine knows of them, and is told that the store lags.
    const inbox = await absent.api.messages.inbox.query({ unread: true });
    expect(inbox.messages.map(({ id }) => id)).toEqual([during, before]);
    expect(inbox.lagMs).toBeGreaterThan(0);
    expect(await codeOf(absent.api.messages.inbox.query({ cursor: 'WzEsIngiXQ' }))).toBe('UNAVAILABLE');
    await watched.until((event) => event.type === 'message' && event.message.id === during);
    expect(await codeOf(manager.api.messages.receipts.query({ messageId: during }))).toBe('UNAVAILABLE');
    expect(await readyOf(rollcall.url)).toMatchObject({ projections: { documents: { state: 'away' } } });

    await database.start();
    await readyWhen(rollcall.url, { isSo: isCaughtUp, withinMs: 30_000 });
    for (const messageId of [before, during]) {
      const { receipts } = await manager.api.messages.receipts.query({ messageId });
      expect(receipts.map(({ userId }) => userId)).toEqual([present.id, absent.id]);
      expect(receipts.map(({ deliveredAt }) => deliveredAt !== null)).toEqual([true, true]);
      expect(receipts.map(({ acknowledgedAt }) => acknowledgedAt !== null)).toEqual([true, false]);
    }
    const after = await absent.api.messages.inbox.query();
    expect(after.messages.map(({ id }) => id)).toEqual([during, before]);
    expect(after.lagMs).toBe(0);
  },
  120_000,
);
