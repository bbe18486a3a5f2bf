import type { MessageDocument } from './documents/shapes.ts';
import type { Note } from './entries.ts';
import type { AgentEvent } from './events.ts';
import type { People } from './people.ts';
import type { AgentRecord } from './record.ts';
import { canReceive } from './sending.ts';

/** A message of the system's own, and to whom. */
export interface Announcement extends Pick<MessageDocument, 'subject' | 'content' | 'priority'> {
  readonly recipientIds: readonly number[];
}

/** What is to be said of an event, which followed `before`; null for nothing. Pure, and quick: it is asked for each. */
export type Announce = (event: AgentEvent, before: AgentRecord) => Announcement | null;

/**
 * The message that an event asks for. It is journalled in one batch with the event: there is never the one without the
 * other, through any crash and takeover; and its id is the event's own.
 */
export function announcementsOf(
  event: AgentEvent,
  announcement: Announcement | null,
  { epoch, people }: { readonly epoch: string; readonly people: People },
): readonly Note[] {
  const { agent, organisation: organisationId, seq, at } = event;
  const recipientIds = (announcement?.recipientIds ?? []).filter((id) =>
    canReceive(people.memberOf(id), organisationId),
  );
  if (announcement === null || recipientIds.length === 0) return [];
  const message: MessageDocument = {
    id: `system-${epoch}-${agent}-${seq}`,
    organisationId,
    kind: 'system',
    senderId: null,
    senderName: null,
    teamId: null,
    holdUntilFree: false,
    expiresAt: null,
    createdAt: at,
    ...announcement,
    recipientIds,
  };
  return [{ kind: 'message', message }];
}
