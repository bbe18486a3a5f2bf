import { z } from 'zod';
import { departmentSchema } from './agents.ts';
import { idSchema, soughtIdSchema } from './ids.ts';
import { storableText } from './text.ts';

export const teamSchema = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  department: z.string().nullable(),
  supervisorId: z.int().nullable(),
  /** How many agents may be in it. */
  maxAgents: z.int(),
  /** IANA name; null for the organisation's. */
  timeZone: z.string().nullable(),
  active: z.boolean(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type Team = z.infer<typeof teamSchema>;

const timeZoneSchema = storableText.max(64).refine(isTimeZone, 'no time zone of that name is known');

const fields = {
  name: storableText.trim().min(1).max(100),
  description: storableText.trim().max(500).nullable(),
  department: departmentSchema.nullable(),
  supervisorId: idSchema.nullable(),
  maxAgents: z.int().min(1).max(10_000),
  timeZone: timeZoneSchema.nullable(),
};

export const createTeamInput = z.strictObject({
  ...z.strictObject(fields).partial().shape,
  name: fields.name,
});

/** Fields that are left out stay as they are. `active: true` takes back a deactivation. */
export const updateTeamInput = z.strictObject({
  id: soughtIdSchema,
  ...z.strictObject({ ...fields, active: z.literal(true) }).partial().shape,
});

export const teamInput = z.strictObject({ id: soughtIdSchema });

export const teamMembersInput = z.strictObject({
  id: soughtIdSchema,
  page: z.int().min(1).default(1),
  limit: z.int().min(1).max(100).default(20),
});

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
