import { tracked, type TrackedEnvelope } from '@trpc/server';
import { hasPresence } from './auth/permissions.ts';
import { RollcallError } from './contract/errors.ts';
import type { InboxEvent } from './contract/messages.ts';
import { inboxOf, messageOf } from './inbox.ts';
import { toTRPCError } from './trpc/procedures.ts';
import type { Calling } from './watching.ts';

/**
 * A caller's inbox as it changes: what is unread, then each message and each step as it becomes true. A message counts
 * as delivered when the caller asks for what follows it.
 * @throws TRPCError FORBIDDEN when the caller has no inbox any more; UNAVAILABLE
 */
export async function* inboxEvents(
  ctx: Calling,
  signal: AbortSignal,
): AsyncGenerator<TrackedEnvelope<InboxEvent>, void, void> {
  const { id: userId } = ctx.principal.member;
  const { engine } = ctx;
  const waiting = new Waiting(ctx.hangUp);
  using _session = ctx.authenticator.liveSessions.attach(ctx.principal.claims, ctx.hangUp);
  using _right = engine.listen(userId, ({ record }) => {
    if (!hasPresence(record.member)) waiting.end();
  });
  using _steps = engine.messages.listen(userId, ({ messageId, step, at }) => {
    // That a message came here is no news here.
    if (step !== 'delivered') waiting.push({ type: 'receipt', messageId, step, at });
  });
  using delivery = engine.messages.attach(userId, (letter) =>
    waiting.push({ type: 'message', message: messageOf(letter) }),
  );
  const end = () => waiting.end();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    const inbox = await inboxOf(ctx, userId, { unread: true }).catch(asTRPCError);
    const shown = new Set(inbox.messages.map(({ id }) => id));
    let told = 0;
    yield tracked(String(++told), { type: 'snapshot', ...inbox });
    for (let event = await waiting.next(); event !== null; event = await waiting.next()) {
      const arrives = event.type === 'message' ? event.message.id : null;
      if (arrives === null || !shown.has(arrives)) yield tracked(String(++told), event);
      if (arrives !== null) delivery.delivered([arrives]);
    }
  } finally {
    signal.removeEventListener('abort', end);
  }
  if (!signal.aborted) throw toTRPCError(new RollcallError('no inbox any more', { code: 'FORBIDDEN' }));
}

/** In the middle of a stream nobody else turns refusals into tRPC's errors. */
function asTRPCError(error: unknown): never {
  throw error instanceof RollcallError ? toTRPCError(error) : error;
}

/** A caller who takes nothing is hung up on when so many events wait. */
const MAX_WAITING = 1_000;

/** Events on their way to a caller, at the caller's pace. */
class Waiting {
  readonly #onFull: () => void;
  readonly #events: InboxEvent[] = [];
  #isOver = false;
  #wake: (() => void) | null = null;

  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  push(event: InboxEvent): void {
    if (this.#events.length === MAX_WAITING) return this.#onFull();
    this.#events.push(event);
    this.#wake?.();
  }

  /** Nothing comes any more, and what waits is for nobody. */
  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Null when there is no more to come. */
  async next(): Promise<InboxEvent | null> {
    while (!this.#isOver) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return null;
  }
}
