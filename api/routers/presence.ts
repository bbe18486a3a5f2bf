import type { TrackedEnvelope } from '@trpc/server';
import type { Done } from '../../engine/answers.ts';
import type { Member } from '../../engine/member.ts';
import { OFFLINE } from '../../engine/catalogue.ts';
import { tileOf } from '../../engine/tile.ts';
import { hasPresence, mayAskWhy, mayForce, mayRoute, SUPERVISORS } from '../auth/permissions.ts';
import { agentOf, subjectOf, viewerOf } from '../auth/scopes.ts';
import { RollcallError } from '../contract/errors.ts';
import {
  agentInput,
  extendInput,
  forceInput,
  releaseInput,
  scopeInput,
  setStatusInput,
  watchInput,
} from '../contract/presence.ts';
import type { NextAvailable, Summary, SummaryEvent } from '../contract/summary.ts';
import type { Board, FullTile, WatchEvent } from '../contract/tile.ts';
import { type Timeline, timelineInput } from '../contract/timeline.ts';
import { doneOrThrow } from '../errors.ts';
import { chooseStatus, extendBreak, forceStatus, releaseStatus } from '../presence-commands.ts';
import { timelineOf } from '../timeline.ts';
import { procedureFor, router, userProcedure } from '../trpc/procedures.ts';
import type { JsonOf } from '../trpc/serialised.ts';
import { type Calling, subscription } from '../watching.ts';

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
    .subscription(async ({ ctx, input, signal }): Promise<Events<WatchEvent>> => {
      // Refused here, before the stream begins, it is an error as every other call's.
      const subject = subjectOf(ctx, input.scope);
      const { topics } = ctx.engine;
      const topic = topics.topic(subject);
      return subscription(ctx, {
        subject,
        after: input.lastEventId ?? null,
        signal,
        feed: {
          watchable: topics,
          name: topic.tag,
          newest: () => topic.cursor,
          listen: (hear) => topic.listen(hear),
        },
      });
    }),

  /** The scope at a glance. */
  summary: userProcedure.input(scopeInput).query(async ({ ctx, input }): Promise<Summary> => {
    const summary = ctx.engine.summaries.read(subjectOf(ctx, input.scope));
    const json: JsonOf<Summary> = JSON.stringify({ asOf: ctx.clock.now(), ...summary });
    return ctx.present(json);
  }),

  /** The summary, unless it is the one that `lastEventId` names; then each that is another, at most one a second. */
  watchSummary: userProcedure
    .input(watchInput)
    .subscription(async ({ ctx, input, signal }): Promise<Events<SummaryEvent>> => {
      const subject = subjectOf(ctx, input.scope);
      const { summaries } = ctx.engine;
      return subscription(ctx, {
        subject,
        after: input.lastEventId ?? null,
        signal,
        feed: {
          watchable: summaries,
          name: summaries.tag(subject),
          newest: () => summaries.cursor(subject),
          listen: (hear) => summaries.listen(subject, hear),
        },
      });
    }),

  /** Claims whoever has waited longest for work: for ten seconds nobody else is told the same. */
  nextAvailable: procedureFor(SUPERVISORS)
    .input(scopeInput)
    .mutation(async ({ ctx, input: { scope } }): Promise<NextAvailable> => {
      const subject = subjectOf(ctx, scope);
      const target = 'agentId' in scope ? agentOf(ctx, scope.agentId) : null;
      if (!mayRoute(viewerOf(ctx), scope, target))
        throw new RollcallError('not the agents of this scope', { code: 'FORBIDDEN' });
      const claimed = await ctx.engine.nextAvailable(subject);
      return claimed && { tile: tileOf(claimed.record, subject.view), until: claimed.until };
    }),

  /** Answers once the change is on disk. Whoever is offline logs in with it, for as long as requests come. */
  setStatus: userProcedure.input(setStatusInput).mutation(async ({ ctx, input }): Promise<Told> => {
    const member = ownPresence(ctx);
    const { status, reason = null, next, commandId: id, expectSeq = null } = input;
    const { claims } = ctx.principal;
    const opening = status === OFFLINE ? null : ctx.presence.opening(claims, ctx.peer);
    const command = { id, user: member.id };
    const choice = { agentId: member.id, status, reason, next, expectSeq, command, opening };
    const answer = await chooseStatus(ctx.engine, choice);
    if (opening !== null) ctx.presence.began(claims, opening.session);
    return withTile(doneOrThrow(answer));
  }),

  /** More time for the break at hand, once. */
  extend: userProcedure.input(extendInput).mutation(async ({ ctx, input }): Promise<Told> => {
    const { id: agentId } = ownPresence(ctx);
    const { reason, commandId: id } = input;
    const command = { id, user: agentId };
    return withTile(doneOrThrow(await extendBreak(ctx.engine, { agentId, reason, command })));
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

type Events<Event> = AsyncIterable<TrackedEnvelope<Event>>;

/** What a command came to: the agent after it. */
interface Told {
  readonly seq: number;
  readonly tile: FullTile;
}

function withTile({ seq, tile }: Done): Told {
  if (tile === null) throw new TypeError('a command without a session is answered with a tile');
  return { seq, tile };
}

/** Whoever calls. @throws RollcallError FORBIDDEN for a role that has no status of its own. */
function ownPresence({ principal: { member } }: Calling): Member {
  if (!hasPresence(member)) throw new RollcallError('this role has no presence', { code: 'FORBIDDEN' });
  return member;
}

/** @throws RollcallError NOT_FOUND, FORBIDDEN for an agent whom the caller may not force. */
function mustSupervise(ctx: Calling, agentId: number): void {
  if (!mayForce(viewerOf(ctx), agentOf(ctx, agentId)))
    throw new RollcallError('not this agent', { code: 'FORBIDDEN' });
}
