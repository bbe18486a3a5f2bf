import { z } from 'zod';
import { statusCodeSchema } from './presence.ts';
import { roleSchema } from './roles.ts';
import { storableText } from './text.ts';
import { CATEGORIES, categorySchema } from './tile.ts';

const DAY_SECONDS = 86_400;
const secondsSchema = z.int().min(1).max(DAY_SECONDS);
const shapeSchema = z.enum(['circle', 'square', 'triangle', 'diamond', 'hexagon', 'ring', 'bar']);

/** What happens when a status lasts longer than it may. */
const overrunSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('alert') }),
  z.strictObject({ action: z.literal('set'), code: statusCodeSchema }),
  z.strictObject({ action: z.literal('log_out') }),
]);

/** After how long without activity an agent counts as away. */
const idleLimitSchema = z.union([z.enum(['default', 'never']), z.strictObject({ seconds: secondsSchema })]);

/** A status of the catalogue, as clients draw and offer it. */
export const statusSchema = z.object({
  code: z.string(),
  label: z.string(),
  category: categorySchema,
  /** `#rrggbb` */
  colour: z.string(),
  shape: shapeSchema,
  routable: z.boolean(),
  /** Roles that may choose it; null for all. */
  selectableBy: z.array(roleSchema).readonly().nullable(),
  reasonRequired: z.boolean(),
  /** Seconds; null for no limit of its own. */
  maxSeconds: z.int().nullable(),
  onOverrun: overrunSchema,
  idleLimit: idleLimitSchema,
  /** Nobody chooses it any more; who has it keeps it. */
  archived: z.boolean(),
});
export type Status = z.infer<typeof statusSchema>;

/**
 * Makes a status, or changes the one of that code. Fields that are left out stay as they are; a new status needs a
 * label, a category, a colour and a shape. A code keeps its category.
 */
export const saveStatusInput = z.strictObject({
  code: statusCodeSchema.regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and underscores only'),
  label: storableText.trim().min(1).max(100).optional(),
  category: categorySchema.optional(),
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour is #rrggbb')
    .optional(),
  shape: shapeSchema.optional(),
  routable: z.boolean().optional(),
  selectableBy: z.array(roleSchema).max(5).nullable().optional(),
  reasonRequired: z.boolean().optional(),
  maxSeconds: secondsSchema.nullable().optional(),
  onOverrun: overrunSchema.optional(),
  idleLimit: idleLimitSchema.optional(),
});

/** `archived: false` takes it back. */
export const archiveStatusInput = z.strictObject({
  code: statusCodeSchema,
  archived: z.boolean().default(true),
});

/** One end of a row of the graph: every status of a category, or one. */
const endpointSchema = z.union([
  z.strictObject({ category: z.enum(CATEGORIES).exclude(['offline']) }),
  z.strictObject({ code: statusCodeSchema }),
]);

/** What may follow what, for one role or (null) for all. */
export const transitionSchema = z.object({
  from: endpointSchema,
  to: endpointSchema,
  role: roleSchema.nullable(),
});
export type Transition = z.infer<typeof transitionSchema>;

export const saveTransitionInput = z.strictObject({
  ...transitionSchema.shape,
  role: roleSchema.nullable().default(null),
  /** Whether the row is to be there. */
  allowed: z.boolean(),
});

export const watchStatusesInput = z
  .object({
    /** As clients send it when they come back; the whole catalogue comes anyway. */
    lastEventId: z.string().max(500).nullish(),
  })
  .default({});

/** The whole catalogue: first as it is, then after each change. */
export interface CatalogueEvent {
  readonly statuses: readonly Status[];
}
