import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { categorySchema, causeSchema, connectivitySchema } from './tile.ts';

/** What happened to an agent from `from` (included) to `to` (excluded). */
export const timelineInput = z
  .object({
    agentId: z.int(),
    from: instantSchema,
    to: instantSchema,
    limit: z.int().min(1).max(100).default(100),
    /** Of the page before. */
    cursor: z.string().max(500).nullish(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' });

/** One event of an agent. */
export const timelineEntrySchema = z.object({
  /** Number of the event among the agent's. */
  seq: z.int(),
  at: z.number(),
  /** What it was, such as `status_chosen`. */
  type: z.string(),
  /** User id of whoever did it. */
  by: z.int().optional(),
  reason: z.string().optional(),
  /** Why the effective status changed, and from which. */
  cause: causeSchema.optional(),
  previous: z.string().optional(),
  session: z.object({ id: z.string(), device: z.string(), address: z.string() }).optional(),
  /** The seq that the client knew of, where that is ahead of the server's: something was lost. */
  ahead: z.int().optional(),
  /** What it changed, with the new values. */
  changed: z.object({
    status: z.string().optional(),
    category: categorySchema.optional(),
    connectivity: connectivitySchema.optional(),
    /** Until when an absence is the platform's and not the agent's; null when that is over. */
    platformUntil: z.number().nullable().optional(),
    duty: z.string().nullable().optional(),
    /** When the time of the duty is over; null where it has no limit any more. */
    deadline: z.number().nullable().optional(),
    activity: z.enum(['active', 'idle']).optional(),
    routable: z.boolean().optional(),
    current: z.int().optional(),
    max: z.int().nullable().optional(),
    /** The forced code; null for a release. */
    override: z.string().nullable().optional(),
    /** What comes after the task or the wrap-up at hand, by the agent's choice or a supervisor's; null for nothing. */
    queued: z.string().nullable().optional(),
    overrideQueued: z.string().nullable().optional(),
  }),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

export const timelineSchema = z.object({
  /** Oldest first. */
  entries: z.array(timelineEntrySchema),
  /** Cursor of the next page; null when this is the last one. */
  next: z.string().nullable(),
  /** 0: everything that happened before the call is in. Else so old is what may be missing, milliseconds. */
  lagMs: z.number(),
});
export type Timeline = z.infer<typeof timelineSchema>;
