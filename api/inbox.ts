/** A user's inbox: what the documents hold, and what the engine knows beyond it while they lag or are away. */
import type { Page, Received } from '../engine/documents/port.ts';
import { TargetUnavailable } from '../engine/projection.ts';
import type { Letter } from '../engine/letters.ts';
import { hasExpired } from '../engine/mailbox.ts';
import type { Kept } from '../engine/messages.ts';
import { RollcallError } from './contract/errors.ts';
import type { Inbox, Message, ReceivedMessage } from './contract/messages.ts';
import { paged } from './errors.ts';
import type { Services } from './trpc/context.ts';

export interface InboxPage {
  readonly cursor?: string | null | undefined;
  readonly unread: boolean;
}

const PAGE = 50;

/**
 * Whoever reads it finds what was acknowledged before. Documents that lag for longer are told as they are, with what
 * the engine knows to be unread beyond them, and how far they lag.
 * @throws RollcallError UNAVAILABLE (a further page), VALIDATION (cursor)
 */
export async function inboxOf(
  { clock, engine, projections }: Pick<Services, 'clock' | 'engine' | 'projections'>,
  userId: number,
  { cursor, unread }: InboxPage,
): Promise<Inbox> {
  const member = engine.member(userId);
  if (member === null) throw new RollcallError(`there is no user ${userId}`, { code: 'NOT_FOUND' });
  const { organisationId, createdAt: since } = member;
  const lagMs = await projections.lagMs();
  const now = clock.now();
  const found = projections.documents.inbox({
    organisationId,
    userId,
    since,
    now,
    limit: PAGE,
    ...(cursor && { cursor }),
    ...(unread && { only: 'unread' }),
  });
  const isCompleted = lagMs > 0 && (cursor === undefined || cursor === null);
  const { rows, next } = await paged(isCompleted ? found.catch(noneWhileAway) : found);
  const stored = rows.map(receivedOf);
  const kept = isCompleted ? engine.messages.kept(userId).filter(({ isRead }) => !(unread && isRead)) : [];
  const isInTask = (engine.record(userId)?.current ?? 0) > 0;
  const messages = withKept(stored, kept, now).filter((message) => !(isInTask && isHeld(message)));
  return { messages, next, lagMs };
}

/** As it is told. */
export function messageOf(letter: Letter): Message {
  const { id, kind, senderId, senderName, teamId, subject, content } = letter;
  const { priority, holdUntilFree, createdAt, expiresAt } = letter;
  return {
    id,
    kind,
    senderId,
    senderName,
    teamId,
    subject,
    content,
    priority,
    holdUntilFree,
    createdAt,
    expiresAt,
  };
}

function receivedOf({ message, receipt }: Received): ReceivedMessage {
  const { deliveredAt, readAt, acknowledgedAt } = receipt;
  return { ...messageOf(message), deliveredAt, readAt, acknowledgedAt };
}

/** Whether it waits until the user is free, and is not shown before (H3). */
function isHeld({ holdUntilFree, priority, deliveredAt, readAt }: ReceivedMessage): boolean {
  return holdUntilFree && priority !== 'urgent' && deliveredAt === null && readAt === null;
}

/** With those that the documents don't hold yet; how far the user is with them is not known in detail. */
function withKept(
  stored: readonly ReceivedMessage[],
  kept: readonly Kept[],
  now: number,
): readonly ReceivedMessage[] {
  const known = new Set(stored.map(({ id }) => id));
  const further = kept
    .filter(({ letter }) => !known.has(letter.id) && !hasExpired(letter, now))
    .map(({ letter }): ReceivedMessage => ({
      ...messageOf(letter),
      deliveredAt: null,
      readAt: null,
      acknowledgedAt: null,
    }));
  if (further.length === 0) return stored;
  return [...stored, ...further].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}

function noneWhileAway(error: unknown): Page<Received> {
  if (error instanceof TargetUnavailable) return { rows: [], next: null };
  throw error;
}
