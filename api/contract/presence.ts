import { z } from 'zod';
import { soughtIdSchema } from './ids.ts';
import { storableText } from './text.ts';
import { scopeSchema } from './tile.ts';

export const commandIdSchema = storableText.min(1).max(100);
export const statusCodeSchema = storableText.min(1).max(50);
export const reasonSchema = storableText.trim().min(1).max(500);

export const scopeInput = z.object({ scope: scopeSchema });

export const watchInput = z.object({
  scope: scopeSchema,
  /** The cursor that the watcher holds, from `board` or from a former subscription. */
  lastEventId: z.string().max(500).nullish(),
});

export const setStatusInput = z.object({
  status: statusCodeSchema,
  reason: reasonSchema.optional(),
  /** Not now but after the task or the wrap-up at hand. */
  next: z.boolean().default(false),
  /** Sending the same id again does it once. */
  commandId: commandIdSchema,
  /** The seq that the sender believes in; CONFLICT if the agent has moved on. */
  expectSeq: z.int().min(0).optional(),
});

export const extendInput = z.object({
  reason: reasonSchema,
  /** Sending the same id again does it once. */
  commandId: commandIdSchema,
});

export const agentInput = z.object({ agentId: soughtIdSchema });

export const forceInput = z.object({
  agentId: soughtIdSchema,
  /** `offline` logs the agent out. */
  status: statusCodeSchema,
  reason: reasonSchema,
  /** The agent may choose nothing but log-out until it is released. */
  hold: z.boolean().default(false),
  when: z.enum(['now', 'after_task']).default('now'),
  /** Sending the same id again does it once. */
  commandId: commandIdSchema,
});
export type ForceInput = z.infer<typeof forceInput>;

export const releaseInput = z.object({ agentId: soughtIdSchema, commandId: commandIdSchema });
