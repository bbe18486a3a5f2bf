import type { TrackedEnvelope } from '@trpc/server';
import { maySeeReceipts, WITH_PRESENCE } from '../auth/permissions.ts';
import { viewerOf } from '../auth/scopes.ts';
import { RollcallError } from '../contract/errors.ts';
import {
  acknowledgeInput,
  type Inbox,
  type InboxEvent,
  inboxInput,
  markReadInput,
  type Receipts,
  receiptsInput,
  sendInput,
  type SentMessage,
  watchInboxInput,
} from '../contract/messages.ts';
import { doneOrThrow, paged, stored } from '../errors.ts';
import { inboxOf } from '../inbox.ts';
import { inboxEvents } from '../inbox-watch.ts';
import { sendMessage } from '../message-commands.ts';
import { procedureFor, router } from '../trpc/procedures.ts';

/** For callers who never stop. */
const NEVER = new AbortController().signal;

/** Messages. What is answered is on disk; none of it waits for the store but what is read from there. */
export const messagesRouter = router({
  send: procedureFor(WITH_PRESENCE)
    .input(sendInput)
    .mutation(({ ctx, input }): Promise<SentMessage> => sendMessage(ctx, input)),

  /** What the caller was sent by others, the newest first. */
  inbox: procedureFor(WITH_PRESENCE)
    .input(inboxInput)
    .query(({ ctx, input }): Promise<Inbox> => inboxOf(ctx, ctx.principal.member.id, input)),

  /** What is unread, then each message and each step as it becomes true. */
  watch: procedureFor(WITH_PRESENCE)
    .input(watchInboxInput)
    .subscription(async ({ ctx, signal = NEVER }): Promise<AsyncIterable<TrackedEnvelope<InboxEvent>>> =>
      inboxEvents(ctx, signal),
    ),

  markRead: procedureFor(WITH_PRESENCE)
    .input(markReadInput)
    .mutation(async ({ ctx, input: { messageIds } }): Promise<void> => {
      doneOrThrow(await ctx.engine.messages.read(ctx.principal.member.id, messageIds));
    }),

  /** Only what is urgent is acknowledged. */
  acknowledge: procedureFor(WITH_PRESENCE)
    .input(acknowledgeInput)
    .mutation(async ({ ctx, input: { messageId } }): Promise<void> => {
      doneOrThrow(await ctx.engine.messages.acknowledge(ctx.principal.member.id, messageId));
    }),

  /** How far the recipients of a message are: for whoever sent it, and managers. */
  receipts: procedureFor(WITH_PRESENCE)
    .input(receiptsInput)
    .query(async ({ ctx, input: { messageId, cursor, limit } }): Promise<Receipts> => {
      const { documents } = ctx.projections;
      const { organisationId } = ctx.principal.member;
      const lagMs = await ctx.projections.lagMs();
      const message = await stored(documents.message(organisationId, messageId));
      if (message === null)
        throw new RollcallError(`there is no message ${messageId}`, { code: 'NOT_FOUND' });
      if (!maySeeReceipts(viewerOf(ctx), message.senderId))
        throw new RollcallError('not of this message', { code: 'FORBIDDEN' });
      const page = documents.receipts(organisationId, messageId, { limit, ...(cursor && { cursor }) });
      const { rows, next } = await paged(page);
      return {
        recipients: message.recipientIds?.length ?? null,
        receipts: rows.map(({ messageId: _same, recipientId: userId, ...steps }) => ({ userId, ...steps })),
        next,
        lagMs,
      };
    }),
});
