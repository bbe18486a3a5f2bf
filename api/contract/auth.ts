import { z } from 'zod';
import { roleSchema } from './roles.ts';
import { storableText } from './text.ts';

export const loginInput = z.object({
  username: storableText.min(1).max(255),
  password: z.string().min(1).max(1024),
  /** `native` clients have no cookie jar: they get the refresh token in the answer. */
  client: z.enum(['browser', 'native']).default('browser'),
});

/** For `refresh` and `logout`: the cookie carries the refresh token of browsers; others send it. */
export const refreshInput = z.object({ refreshToken: z.string().max(1024).optional() }).default({});

export const userSchema = z.object({
  id: z.int(),
  username: z.string(),
  name: z.string(),
  role: roleSchema,
  organisationId: z.int(),
  teamId: z.int().nullable(),
});
export type User = z.infer<typeof userSchema>;

export const sessionSchema = z.object({
  /** Access token: `Authorization: Bearer`, `connectionParams.token`, `hello.token`. */
  token: z.string(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
  user: userSchema,
  refreshToken: z.string().optional(),
});
export type LoginSession = z.infer<typeof sessionSchema>;
