import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { storableText } from './text.ts';

export const ACTIVITY_TYPES = [
  'login',
  'logout',
  'status_change',
  'ticket_assigned',
  'ticket_resolved',
  'message_sent',
  'message_received',
  'csat',
  'user_update',
] as const;

/** Something that an agent did elsewhere. */
export const activityFields = {
  /** The sender's own, unique for the agent: recording it again records it once. */
  id: storableText.min(1).max(100),
  type: z.enum(ACTIVITY_TYPES),
  description: storableText.max(500).default(''),
  /** Epoch milliseconds, or ISO 8601 in UTC; now when absent, and never later. */
  timestamp: z
    .union([
      instantSchema,
      z.iso
        .datetime()
        .transform((text) => Date.parse(text))
        .pipe(instantSchema),
    ])
    .optional(),
  metadata: z
    .object({
      ticketId: z.union([storableText.min(1).max(100), z.int()]).optional(),
      rating: z.int().min(1).max(5).optional(),
      responseMs: z.int().min(0).optional(),
    })
    .nullish(),
};

export const recordActivityInput = z.object(activityFields);
export type Activity = z.infer<typeof recordActivityInput>;
