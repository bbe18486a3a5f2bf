import type { MessageDocument } from './documents/shapes.ts';
import { type Refusal, refuse } from './errors.ts';
import { hasExpired } from './mailbox.ts';
import type { Member } from './member.ts';
import type { People } from './people.ts';

/** A message that somebody wants sent. Whether they may, and whether the texts fit, is the edge's to know. */
export interface Sending extends Pick<
  MessageDocument,
  'subject' | 'content' | 'priority' | 'holdUntilFree' | 'expiresAt'
> {
  readonly to: Addressees;
}

export type Addressees =
  | { readonly kind: 'direct'; readonly userIds: readonly number[] }
  /** Everybody in it at that moment. */
  | { readonly kind: 'team'; readonly teamId: number }
  /** Everybody who exists at that moment. */
  | { readonly kind: 'all' };

export interface Circumstances {
  readonly sender: Member;
  readonly people: People;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What can be listed of one message. Whoever has more to reach sends to all. */
export const MAX_RECIPIENTS = 10_000;

/** The message, with its recipients as they are now (H1); or why it can't be sent. */
export function messageOf(
  { to, ...texts }: Sending,
  { sender, people, id, now }: Circumstances,
): MessageDocument | Refusal {
  if (hasExpired(texts, now)) return refuse('VALIDATION', 'it would have expired already');
  const recipientIds = to.kind === 'all' ? null : recipientsOf(to, sender, people);
  if (recipientIds !== null && 'code' in recipientIds) return recipientIds;
  return {
    id,
    organisationId: sender.organisationId,
    kind: to.kind,
    senderId: sender.id,
    senderName: sender.name,
    teamId: to.kind === 'team' ? to.teamId : null,
    recipientIds,
    ...texts,
    createdAt: now,
  };
}

/** Whether somebody has an inbox: an active user of that organisation who has a presence. */
export function canReceive(member: Member | null, organisationId: number): boolean {
  return (
    member !== null && member.active && member.organisationId === organisationId && member.role !== 'viewer'
  );
}

function recipientsOf(
  to: Exclude<Addressees, { kind: 'all' }>,
  sender: Member,
  people: People,
): readonly number[] | Refusal {
  const recipients =
    to.kind === 'team' ? inTeam(to.teamId, sender, people) : named(to.userIds, sender, people);
  if ('code' in recipients) return recipients;
  if (recipients.length === 0) return refuse('VALIDATION', 'there is nobody to send it to');
  return recipients.length > MAX_RECIPIENTS
    ? refuse('VALIDATION', `it would have more than ${MAX_RECIPIENTS} recipients`)
    : recipients;
}

function inTeam(teamId: number, { id: senderId, organisationId }: Member, people: People): readonly number[] {
  const recipients: number[] = [];
  for (const member of people.inTeam(organisationId, teamId))
    if (member.id !== senderId && canReceive(member, organisationId)) recipients.push(member.id);
  return recipients;
}

function named(
  userIds: readonly number[],
  { id: senderId, organisationId }: Member,
  people: People,
): readonly number[] | Refusal {
  const recipients = new Set(userIds);
  for (const userId of recipients) {
    if (userId === senderId) return refuse('VALIDATION', 'nobody sends a message to themselves');
    if (!canReceive(people.memberOf(userId), organisationId))
      return refuse('NOT_FOUND', `there is nobody ${userId} who could get it`);
  }
  return [...recipients];
}
