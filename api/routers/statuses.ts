import { tracked, type TrackedEnvelope } from '@trpc/server';
import * as changes from '../../drizzle/repositories/status-changes.ts';
import { saveTransition } from '../../drizzle/repositories/transition-changes.ts';
import { actorOf } from '../actor.ts';
import type { Principal } from '../auth/authenticator.ts';
import { MANAGERS } from '../auth/permissions.ts';
import { RollcallError } from '../contract/errors.ts';
import {
  archiveStatusInput,
  type CatalogueEvent,
  saveStatusInput,
  saveTransitionInput,
  type Status,
  type Transition,
  watchStatusesInput,
} from '../contract/statuses.ts';
import { stored } from '../errors.ts';
import { type Edition, editionOf, editions, listenToEditions } from '../editions.ts';
import { statusesOf } from '../statuses.ts';
import { Broadcast } from '../trpc/broadcast.ts';
import type { Context } from '../trpc/context.ts';
import { procedureFor, router, userProcedure } from '../trpc/procedures.ts';

const NEVER = new AbortController().signal;

/** The catalogue and the graph. Changes hold when they are answered. */
export const statusesRouter = router({
  /** Archived ones included, in the order of lists. */
  list: userProcedure.query(({ ctx }): readonly Status[] =>
    statusesOf(ctx.engine.law(ctx.principal.member.organisationId).catalogue),
  ),

  /** The whole catalogue, now and after each change. */
  watch: userProcedure
    .input(watchStatusesInput)
    .subscription(async ({ ctx, signal = NEVER }): Promise<AsyncIterable<Event>> => {
      const { organisationId } = ctx.principal.member;
      const tell = eventAs(ctx);
      return new Broadcast(
        {
          name: `statuses of ${organisationId}`,
          newest: () => editionOf(ctx.engine, organisationId).id,
          listen: (hear) => listenToEditions(ctx.engine, organisationId, (edition) => hear(tell(edition))),
          // Everybody who is logged in may; a session that ends takes its connection along.
          guard: () => ({ [Symbol.dispose]: () => undefined }),
        },
        eventsOf(ctx, signal),
      );
    }),

  /** Makes a status, or changes the one of that code. */
  save: procedureFor(MANAGERS)
    .input(saveStatusInput)
    .mutation(async ({ ctx, input }): Promise<Status> => {
      const { organisationId } = ctx.principal.member;
      const status = await stored(changes.save(ctx.db, { organisationId, ...input }, actorOf(ctx)));
      await ctx.relay.relayed();
      return status;
    }),

  /** Who has an archived status keeps it; nobody chooses it or is forced into it any more. */
  archive: procedureFor(MANAGERS)
    .input(archiveStatusInput)
    .mutation(async ({ ctx, input }): Promise<Status> => {
      const { organisationId } = ctx.principal.member;
      const status = await stored(changes.archive(ctx.db, { organisationId, ...input }, actorOf(ctx)));
      if (status === null) throw new RollcallError(`there is no status ${input.code}`, { code: 'NOT_FOUND' });
      await ctx.relay.relayed();
      return status;
    }),

  transitions: userProcedure.query(({ ctx }): readonly Transition[] =>
    ctx.engine.law(ctx.principal.member.organisationId).catalogue.transitions.map(transitionOf),
  ),

  /** Adds a row to the graph or removes it; answers the whole graph. */
  saveTransition: procedureFor(MANAGERS)
    .input(saveTransitionInput)
    .mutation(async ({ ctx, input }): Promise<readonly Transition[]> => {
      const { organisationId } = ctx.principal.member;
      const graph = await stored(saveTransition(ctx.db, { organisationId, ...input }, actorOf(ctx)));
      await ctx.relay.relayed();
      return graph.map(transitionOf);
    }),
});

type Event = TrackedEnvelope<CatalogueEvent>;

function transitionOf({ from, to, role }: Transition): Transition {
  return { from, to, role };
}

function eventAs({ present }: Context): (edition: Edition) => Event {
  return ({ id, json }) => tracked(id, present<CatalogueEvent>(json));
}

/** The catalogues for one caller. */
async function* eventsOf(
  ctx: Context & { readonly principal: Principal },
  signal: AbortSignal,
): AsyncGenerator<Event, void, void> {
  using _ = ctx.authenticator.liveSessions.attach(ctx.principal.claims, ctx.hangUp);
  const tell = eventAs(ctx);
  const all = editions(ctx.engine, ctx.principal.member.organisationId, signal);
  for await (const edition of all) yield tell(edition);
}
