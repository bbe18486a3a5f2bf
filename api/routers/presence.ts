import { tracked, type TrackedEnvelope } from '@trpc/server';
import type { Done } from '../../engine/answers.ts';
import type { Sent } from '../../engine/topic.ts';
import { watch, type WatcherOptions } from '../../engine/watcher.ts';
import type { Principal } from '../auth/authenticator.ts';
import { holdRight } from '../auth/held-right.ts';
import { hasPresence, mayAskWhy, mayForce, SUPERVISORS } from '../auth/permissions.ts';
import { agentOf, subjectOf, viewerOf } from '../auth/scopes.ts';
import { RollcallError } from '../contract/errors.ts';
import {
  agentInput,
  forceInput,
  releaseInput,
  scopeInput,
  setStatusInput,
  watchInput,
} from '../contract/presence.ts';
import type { Board, FullTile, Summary, WatchEvent } from '../contract/tile.ts';
import { type Timeline, timelineInput } from '../contract/timeline.ts';
import { doneOrThrow } from '../errors.ts';
import { chooseStatus, forceStatus, releaseStatus } from '../presence-commands.ts';
import { summaryOf } from '../summary.ts';
import { timelineOf } from '../timeline.ts';
import { Broadcast } from '../trpc/broadcast.ts';
import type { Context } from '../trpc/context.ts';
import { procedureFor, router, toTRPCError, userProcedure } from '../trpc/procedures.ts';
import type { JsonOf } from '../trpc/serialised.ts';

/** For callers who never stop. */
const NEVER = new AbortController().signal;

export const presenceRouter = router({
  /** Everybody in a scope, and the cursor from which `watch` goes on. */
  board: userProcedure.input(scopeInput).query(async ({ ctx, input }): Promise<Board> => {
    const { asOf, cursor, tilesJson } = ctx.engine.topics.board(subjectOf(ctx, input.scope));
    const json: JsonOf<Board> = `{"asOf":${asOf},"cursor":${JSON.stringify(cursor)},"agents":${tilesJson}}`;
    return ctx.present(json);
  }),

  /** A snapshot, or what was missed since `lastEventId`; then every change. The id of each event is the cursor. */
  watch: userProcedure
    .input(watchInput)
    .subscription(async ({ ctx, input, signal = NEVER }): Promise<AsyncIterable<Event>> => {
      // Refused here, before the stream begins, it is an error as every other call's.
      const subject = subjectOf(ctx, input.scope);
      const topic = ctx.engine.topics.topic(subject);
      const tell = eventAs(ctx);
      return new Broadcast(
        {
          name: topic.tag,
          newest: () => topic.cursor,
          listen: (hear) => topic.listen((sent) => hear(tell(sent))),
          guard: (onLost) => holdRight(ctx, subject, () => onLost(rightLost())),
        },
        eventsOf(ctx, { subject, after: input.lastEventId ?? null, signal }),
      );
    }),

  summary: userProcedure.input(scopeInput).query(async ({ ctx, input }): Promise<Summary> => {
    const subject = subjectOf(ctx, input.scope);
    return summaryOf(ctx.engine.topics.board(subject).asOf, ctx.engine.topics.records(subject));
  }),

  /** Answers once the change is on disk. */
  setStatus: userProcedure.input(setStatusInput).mutation(async ({ ctx, input }): Promise<Told> => {
    const { member } = ctx.principal;
    if (!hasPresence(member)) throw new RollcallError('this role has no presence', { code: 'FORBIDDEN' });
    const { status, reason = null, next, commandId: id, expectSeq = null } = input;
    const done = doneOrThrow(
      await chooseStatus(ctx.engine, {
        agentId: member.id,
        status,
        reason,
        next,
        expectSeq,
        command: { id, user: member.id },
      }),
    );
    return withTile(done);
  }),

  /** A status above the agent's own, or a log-out, for a reason. */
  force: procedureFor(SUPERVISORS)
    .input(forceInput)
    .mutation(async ({ ctx, input }): Promise<Told> => {
      mustSupervise(ctx, input.agentId);
      const { commandId: id, ...forced } = input;
      const command = { id, user: ctx.principal.member.id };
      return withTile(doneOrThrow(await forceStatus(ctx.engine, { ...forced, command })));
    }),

  /** Ends what was forced. */
  release: procedureFor(SUPERVISORS)
    .input(releaseInput)
    .mutation(async ({ ctx, input: { agentId, commandId: id } }): Promise<Told> => {
      mustSupervise(ctx, agentId);
      const command = { id, user: ctx.principal.member.id };
      return withTile(doneOrThrow(await releaseStatus(ctx.engine, agentId, command)));
    }),

  why: userProcedure.input(agentInput).query(async ({ ctx, input }) => {
    const viewer = viewerOf(ctx);
    const target = agentOf(ctx, input.agentId);
    if (!mayAskWhy(viewer, target)) throw new RollcallError('not of this agent', { code: 'FORBIDDEN' });
    const why = ctx.engine.why(target.id);
    if (why === null) throw new TypeError('an agent who has a record has a why');
    return why;
  }),

  /** What happened to an agent, in pages. */
  timeline: userProcedure.input(timelineInput).query(async ({ ctx, input }): Promise<Timeline> => {
    const viewer = viewerOf(ctx);
    const { agentId, ...query } = input;
    const target = agentOf(ctx, agentId);
    if (!mayAskWhy(viewer, target)) throw new RollcallError('not of this agent', { code: 'FORBIDDEN' });
    return timelineOf(ctx.projections, { organisationId: target.organisationId, agentId }, query);
  }),
});

type Event = TrackedEnvelope<WatchEvent>;
type Calling = Context & { readonly principal: Principal };

/** What a command came to: the agent after it. */
interface Told {
  readonly seq: number;
  readonly tile: FullTile;
}

function withTile({ seq, tile }: Done): Told {
  if (tile === null) throw new TypeError('a command without a session is answered with a tile');
  return { seq, tile };
}

/** @throws RollcallError NOT_FOUND, FORBIDDEN for an agent whom the caller may not force. */
function mustSupervise(ctx: Calling, agentId: number): void {
  if (!mayForce(viewerOf(ctx), agentOf(ctx, agentId)))
    throw new RollcallError('not this agent', { code: 'FORBIDDEN' });
}

/** How the caller's transport is handed what a topic sends. */
function eventAs({ present }: Context): (sent: Sent) => Event {
  return ({ cursor, json }) => tracked(cursor, present<WatchEvent>(json));
}

/** A topic for one caller. @throws TRPCError FORBIDDEN when the right to it goes. */
async function* eventsOf(
  ctx: Calling,
  watching: Pick<WatcherOptions, 'subject' | 'after' | 'signal'>,
): AsyncGenerator<Event, void, void> {
  const { subject, after, signal } = watching;
  const ending = new AbortController();
  const end = () => ending.abort();
  let isLost = false;
  using _session = ctx.authenticator.liveSessions.attach(ctx.principal.claims, ctx.hangUp);
  using _right = holdRight(ctx, subject, () => {
    isLost = true;
    end();
  });
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    const tell = eventAs(ctx);
    const sent = watch(ctx.engine.topics, { subject, after, signal: ending.signal, onSlow: ctx.hangUp });
    for await (const each of sent) yield tell(each);
  } finally {
    signal.removeEventListener('abort', end);
  }
  if (isLost) throw rightLost();
}

/** A view that changes ends the subscription too: asked again, it is given as it then is. */
function rightLost(): Error {
  return toTRPCError(
    new RollcallError('the right to watch this has gone, or has changed', { code: 'FORBIDDEN' }),
  );
}
