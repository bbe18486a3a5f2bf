import { z } from 'zod';
import { storableText } from './text.ts';

export const CATEGORIES = ['available', 'busy', 'away', 'break', 'wrap_up', 'offline'] as const;
export const categorySchema = z.enum(CATEGORIES);
export type Category = z.infer<typeof categorySchema>;

export const connectivitySchema = z.enum(['connected', 'reconnecting', 'disconnected']);

export const causeSchema = z.enum([
  'agent',
  'idle',
  'capacity',
  'override',
  'disconnect',
  'overrun',
  'schedule',
  'system',
]);

/** An agent as every colleague may see it. Times are epoch milliseconds. */
export const basicTileSchema = z.object({
  id: z.int(),
  name: z.string(),
  teamId: z.int().nullable(),
  department: z.string().nullable(),
  /** Effective code. */
  status: z.string(),
  /** Category of the effective code. */
  category: categorySchema,
  /** Moves only with `status`. */
  since: z.number(),
  connectivity: connectivitySchema,
  /** While reconnecting: when the agent counts as gone. */
  graceUntil: z.number().optional(),
  routable: z.boolean(),
  /** Number of the agent's last event. */
  seq: z.int(),
});

/** What a full view adds to a tile. */
const fullTileFields = z.object({
  /** Declared code; null while offline. */
  duty: z.string().nullable(),
  cause: causeSchema,
  /** User id of whoever made the status what it is. */
  by: z.int().optional(),
  reason: z.string().optional(),
  /** When the time of the break, the wrap-up, or another duty with a limit is over. */
  deadline: z.number().optional(),
  idleSince: z.number().optional(),
  /** The agent may choose nothing but log-out. */
  held: z.boolean().optional(),
  /** Tasks at hand, and how many are the most; null while the client has told no limit. */
  current: z.int(),
  max: z.int().nullable(),
  /** The code that comes after the task or the wrap-up at hand; `offline` for a log-out. */
  queued: z.string().optional(),
});

export const fullTileSchema = basicTileSchema.extend(fullTileFields.shape);
export type FullTile = z.infer<typeof fullTileSchema>;

/** A tile in either view: the full view's fields are there or not there together. */
export const tileSchema = basicTileSchema.extend(fullTileFields.partial().shape);
export type Tile = z.infer<typeof tileSchema>;

/** Which agents a board, a summary or a watcher is about. */
export const scopeSchema = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ teamId: z.int() }),
  z.strictObject({ department: storableText.min(1).max(100) }),
  z.strictObject({ agentId: z.int() }),
  z.strictObject({ admin: z.literal(true) }),
]);
export type Scope = z.infer<typeof scopeSchema>;

export const boardSchema = z.object({ asOf: z.number(), cursor: z.string(), agents: z.array(tileSchema) });
export type Board = z.infer<typeof boardSchema>;

/** What a watcher gets. The id of each (tracked) event is the cursor after it. */
export const watchEventSchema = z.discriminatedUnion('type', [
  /** The whole scope: forget what you had. */
  z.object({ type: z.literal('snapshot'), asOf: z.number(), agents: z.array(tileSchema) }),
  /** What changed since `after`, which is exactly the cursor that the watcher holds. */
  z.object({
    type: z.literal('changes'),
    after: z.string(),
    asOf: z.number(),
    changes: z.array(tileSchema),
    /** Ids of agents who left the scope. */
    removed: z.array(z.int()),
  }),
  /** Nothing changed for a while; the data is still as of `asOf`. */
  z.object({ type: z.literal('pulse'), asOf: z.number() }),
]);
export type WatchEvent = z.infer<typeof watchEventSchema>;
