import { tracked, type TrackedEnvelope } from '@trpc/server';
import type { Sent } from '../engine/topic.ts';
import type { Subject } from '../engine/topics.ts';
import { watch, type Watchable } from '../engine/watcher.ts';
import type { Principal } from './auth/authenticator.ts';
import { holdRight } from './auth/held-right.ts';
import { RollcallError } from './contract/errors.ts';
import { Broadcast } from './trpc/broadcast.ts';
import type { Context } from './trpc/context.ts';
import { toTRPCError } from './trpc/procedures.ts';

export type Calling = Context & { readonly principal: Principal };

export interface Watching {
  readonly subject: Subject;
  /** The cursor that the caller holds; null for none. */
  readonly after: string | null;
  readonly signal: AbortSignal | undefined;
  readonly feed: Feed;
}

/** What is watched of the subject: for one caller at a time, and for many at once. */
export interface Feed {
  readonly watchable: Watchable;
  /** Equal for those alone who are sent the same. */
  readonly name: string;
  /** Cursor of what all who listen were sent last. */
  readonly newest: () => string;
  readonly listen: (hear: (sent: Sent) => void) => Disposable;
}

/** A subscription to a subject, for as long as the caller may see it: then it ends with FORBIDDEN (SPEC G4). */
export function subscription<Event>(ctx: Calling, watching: Watching): AsyncIterable<TrackedEnvelope<Event>> {
  const { subject, feed } = watching;
  const tell = eventAs<Event>(ctx);
  return new Broadcast(
    {
      name: feed.name,
      newest: feed.newest,
      listen: (hear) => feed.listen((sent) => hear(tell(sent))),
      guard: (onLost) => holdRight(ctx, subject, () => onLost(rightLost())),
    },
    eventsOf<Event>(ctx, watching),
  );
}

/** For callers who never stop. */
const NEVER = new AbortController().signal;

/** How the caller's transport is handed what is sent. */
function eventAs<Event>({ present }: Context): (sent: Sent) => TrackedEnvelope<Event> {
  return ({ cursor, json }) => tracked(cursor, present<Event>(json));
}

/** The feed for one caller. @throws TRPCError FORBIDDEN when the right to it goes. */
async function* eventsOf<Event>(
  ctx: Calling,
  { subject, after, feed, signal = NEVER }: Watching,
): AsyncGenerator<TrackedEnvelope<Event>, void, void> {
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
    const tell = eventAs<Event>(ctx);
    const sent = watch(feed.watchable, { subject, after, signal: ending.signal, onSlow: ctx.hangUp });
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
