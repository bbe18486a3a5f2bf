import { z } from 'zod';
import { idSchema, soughtIdSchema } from './ids.ts';
import { roleSchema } from './roles.ts';
import { storableText } from './text.ts';
import { basicTileSchema } from './tile.ts';

/** Letters, digits and underscores; unique whatever the case. */
export const usernameSchema = z
  .string()
  .min(3)
  .max(50)
  .regex(/^[A-Za-z0-9_]+$/, 'letters, digits and underscores only');

export const passwordSchema = z
  .string()
  .min(8)
  .max(1024)
  .regex(/[a-z]/, 'needs a lower-case letter')
  .regex(/[A-Z]/, 'needs an upper-case letter')
  .regex(/\d/, 'needs a digit');

export const agentSchema = z.object({
  id: z.int(),
  username: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  teamId: z.int().nullable(),
  department: z.string().nullable(),
  /** Only for oneself, managers and admins. */
  phone: z.string().nullable().optional(),
  avatar: z.string().nullable(),
  active: z.boolean(),
  onBoard: z.boolean(),
  /** Epoch milliseconds. */
  lastLoginAt: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Live, read from the engine; null for users without presence. */
  presence: basicTileSchema
    .pick({ status: true, category: true, since: true, connectivity: true, routable: true })
    .nullable(),
});
export type Agent = z.infer<typeof agentSchema>;

export const listAgentsInput = z.object({
  filters: z
    .object({
      role: roleSchema.optional(),
      teamId: idSchema.optional(),
      department: storableText.max(100).optional(),
      active: z.boolean().optional(),
      /** Part of a name, user name or e-mail address, whatever the case. */
      search: storableText.max(255).optional(),
    })
    .default({}),
  page: z.int().min(1).default(1),
  limit: z.int().min(1).max(100).default(20),
});

const emailSchema = z.email().max(255);
const nameSchema = storableText.trim().min(2).max(255);
export const departmentSchema = storableText.trim().min(2).max(100);
const phoneSchema = z
  .string()
  .max(20)
  .regex(/^\+?[\d\s\-()]+$/, 'digits, spaces, dashes and brackets only');

export const createAgentInput = z.object({
  username: usernameSchema,
  email: emailSchema,
  name: nameSchema,
  role: roleSchema.default('agent'),
  teamId: idSchema.nullable().default(null),
  department: departmentSchema.nullable().default(null),
  phone: phoneSchema.nullable().default(null),
  password: passwordSchema,
});

export const agentIdInput = z.strictObject({ id: soughtIdSchema });

/** Fields that are left out stay as they are. `active: true` takes back a deactivation. */
export const updateAgentInput = z.strictObject({
  id: soughtIdSchema,
  email: emailSchema.optional(),
  name: nameSchema.optional(),
  role: roleSchema.optional(),
  teamId: idSchema.nullable().optional(),
  /** The user's own; null for the team's. */
  department: departmentSchema.nullable().optional(),
  phone: phoneSchema.nullable().optional(),
  avatar: storableText.max(2_000).nullable().optional(),
  onBoard: z.boolean().optional(),
  active: z.literal(true).optional(),
});
export type AgentChange = Omit<z.infer<typeof updateAgentInput>, 'id'>;
