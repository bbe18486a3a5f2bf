import { tracked, type TrackedEnvelope } from '@trpc/server';
import type { Sent } from '../../engine/topic.ts';
import { watch, type WatcherOptions } from '../../engine/watcher.ts';
import type { Principal } from '../auth/authenticator.ts';
import { agentOf, subjectOf, viewerOf } from '../auth/scopes.ts';
import { hasPresence, mayAskWhy } from '../auth/permissions.ts';
import { RollcallError } from '../contract/errors.ts';
import { agentInput, scopeInput, setStatusInput, watchInput } from '../contract/presence.ts';
import type { Board, FullTile, Summary, WatchEvent } from '../contract/tile.ts';
import { doneOrThrow } from '../errors.ts';
import { chooseStatus } from '../presence-commands.ts';
import { summaryOf } from '../summary.ts';
import { Broadcast } from '../trpc/broadcast.ts';
import type { Context } from '../trpc/context.ts';
import { router, userProcedure } from '../trpc/procedures.ts';
import type { JsonOf } from '../trpc/serialised.ts';

/** For callers who never stop. */
const NEVER = new AbortController().signal;

export const presenceRouter = router({
  /** Everybody in a scope, and the cursor from which `watch` goes on. */
  board: userProcedure.input(scopeInput).query(async ({ ctx, input }): Promise<Board> => {
    const { asOf, cursor, tilesJson } = ctx.engine.topics.board(await subjectOf(ctx, input.scope));
    const json: JsonOf<Board> = `{"asOf":${asOf},"cursor":${JSON.stringify(cursor)},"agents":${tilesJson}}`;
    return ctx.present(json);
  }),

  /** A snapshot, or what was missed since `lastEventId`; then every change. The id of each event is the cursor. */
  watch: userProcedure
    .input(watchInput)
    .subscription(async ({ ctx, input, signal = NEVER }): Promise<AsyncIterable<Event>> => {
      // Refused here, before the stream begins, it is an error as every other call's.
      const subject = await subjectOf(ctx, input.scope);
      const topic = ctx.engine.topics.topic(subject);
      const tell = eventAs(ctx);
      return new Broadcast(
        {
          name: topic.tag,
          newest: () => topic.cursor,
          listen: (hear) => topic.listen((sent) => hear(tell(sent))),
        },
        eventsOf(ctx, { subject, after: input.lastEventId ?? null, signal }),
      );
    }),

  summary: userProcedure.input(scopeInput).query(async ({ ctx, input }): Promise<Summary> => {
    const subject = await subjectOf(ctx, input.scope);
    return summaryOf(ctx.engine.topics.board(subject).asOf, ctx.engine.topics.records(subject));
  }),

  /** Answers once the change is on disk. */
  setStatus: userProcedure
    .input(setStatusInput)
    .mutation(async ({ ctx, input }): Promise<{ seq: number; tile: FullTile }> => {
      const { member } = ctx.principal;
      if (!hasPresence(member)) throw new RollcallError('this role has no presence', { code: 'FORBIDDEN' });
      const { status, reason = null, next, commandId: id, expectSeq = null } = input;
      const { seq, tile } = doneOrThrow(
        await chooseStatus(ctx.engine, {
          agentId: member.id,
          status,
          reason,
          next,
          expectSeq,
          command: { id, user: member.id },
        }),
      );
      if (tile === null) throw new TypeError('a command without a session is answered with a tile');
      return { seq, tile };
    }),

  why: userProcedure.input(agentInput).query(async ({ ctx, input }) => {
    const viewer = await viewerOf(ctx);
    const target = agentOf(ctx, input.agentId);
    if (!mayAskWhy(viewer, target)) throw new RollcallError('not of this agent', { code: 'FORBIDDEN' });
    const why = ctx.engine.why(target.id);
    if (why === null) throw new TypeError('an agent who has a record has a why');
    return why;
  }),
});

type Event = TrackedEnvelope<WatchEvent>;

/** How the caller's transport is handed what a topic sends. */
function eventAs({ present }: Context): (sent: Sent) => Event {
  return ({ cursor, json }) => tracked(cursor, present<WatchEvent>(json));
}

/** A topic for one caller. */
async function* eventsOf(
  ctx: Context & { readonly principal: Principal },
  watching: Pick<WatcherOptions, 'subject' | 'after' | 'signal'>,
): AsyncGenerator<Event, void, void> {
  using _ = ctx.authenticator.liveSessions.attach(ctx.principal.claims, ctx.hangUp);
  const tell = eventAs(ctx);
  const sent = watch(ctx.engine.topics, { ...watching, onSlow: ctx.hangUp });
  for await (const each of sent) yield tell(each);
}
