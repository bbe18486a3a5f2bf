import { z } from 'zod';
import { soughtIdSchema } from './ids.ts';
import { instantSchema } from './instant.ts';
import { commandIdSchema } from './presence.ts';
import { storableText } from './text.ts';

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

/** More recipients than this can't be listed. */
const MAX_RECIPIENTS = 10_000;
/** So many at once. */
const MAX_READ = 100;

export const messageIdSchema = storableText.min(1).max(100);
export const messageIdsSchema = z.array(messageIdSchema).min(1).max(MAX_READ);

const contentSchema = storableText.max(4_000).refine((text) => text.trim() !== '', 'must say something');

export const sendInput = z.object({
  /** These users; whoever is in a team as it is sent; or everybody who exists then. */
  to: z.union([
    z.strictObject({ userIds: z.array(soughtIdSchema).min(1).max(MAX_RECIPIENTS) }),
    z.strictObject({ teamId: soughtIdSchema }),
    z.strictObject({ all: z.literal(true) }),
  ]),
  subject: storableText.trim().min(1).max(200).nullable().default(null),
  content: contentSchema,
  /** Whoever gets an urgent one is to acknowledge it. */
  priority: z.enum(PRIORITIES).default('normal'),
  /** An agent in a task gets it when free; what is urgent waits for nobody. */
  holdUntilFree: z.boolean().default(false),
  /** From then on nobody is shown it. */
  expiresAt: instantSchema.nullable().default(null),
  /** Sending the same id again sends it once. */
  commandId: commandIdSchema,
});
export type SendInput = z.infer<typeof sendInput>;

export interface SentMessage {
  readonly messageId: string;
  /** How many it was sent to; null for everybody. */
  readonly recipients: number | null;
}

/** A message as its recipient gets it. Times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  readonly kind: 'direct' | 'team' | 'all' | 'system';
  /** Null for the system. */
  readonly senderId: number | null;
  readonly senderName: string | null;
  /** The team that it was sent to; null where it was not sent to one. */
  readonly teamId: number | null;
  readonly subject: string | null;
  readonly content: string;
  readonly priority: (typeof PRIORITIES)[number];
  readonly holdUntilFree: boolean;
  readonly createdAt: number;
  /** From then on it is not to be shown; null for never. */
  readonly expiresAt: number | null;
}

/** A message with how far its recipient is: when each step was first taken, null for not yet. */
export interface ReceivedMessage extends Message {
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  readonly acknowledgedAt: number | null;
}

export const inboxInput = z
  .object({
    /** Of the page before. */
    cursor: z.string().max(500).nullish(),
    /** Only what was not read yet. */
    unread: z.boolean().default(false),
  })
  .prefault({});

export interface Inbox {
  /** Newest first: at most fifty, and while the store lags some that it doesn't hold yet. */
  readonly messages: readonly ReceivedMessage[];
  /** Cursor of the next page; null when this is the last one. */
  readonly next: string | null;
  /**
   * 0: everything that was acknowledged before the call is in. Else the store lags so far, milliseconds, and only the
   * newest that were not read yet are known beyond it.
   */
  readonly lagMs: number;
}

export const markReadInput = z.object({ messageIds: messageIdsSchema });
export const acknowledgeInput = z.object({ messageId: messageIdSchema });

export const receiptsInput = z.object({
  messageId: messageIdSchema,
  cursor: z.string().max(500).nullish(),
  limit: z.int().min(1).max(100).default(100),
});

export interface Receipt {
  readonly userId: number;
  readonly sentAt: number;
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  readonly acknowledgedAt: number | null;
}

export interface Receipts {
  /** How many it was sent to; null for everybody, of whom those are listed who have shown something. */
  readonly recipients: number | null;
  /** By rising user id. */
  readonly receipts: readonly Receipt[];
  readonly next: string | null;
  /** As of an inbox. */
  readonly lagMs: number;
}

/** What a stock client adds when it comes back; each subscription begins with a snapshot all the same. */
export const watchInboxInput = z.object({ lastEventId: z.string().max(500).nullish() }).prefault({});

export type InboxEvent =
  /** First: the newest that were not read yet. It stands for everything before. */
  | ({ readonly type: 'snapshot' } & Inbox)
  | { readonly type: 'message'; readonly message: Message }
  /** The user went a step further with a message, here or elsewhere. */
  | {
      readonly type: 'receipt';
      readonly messageId: string;
      readonly step: 'delivered' | 'read' | 'acknowledged';
      readonly at: number;
    };
