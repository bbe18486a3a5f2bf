import { z } from 'zod';
import { categorySchema } from './tile.ts';

/** A status of the catalogue, as clients draw and offer it. */
export const statusSchema = z.object({
  code: z.string(),
  label: z.string(),
  category: categorySchema,
  /** `#rrggbb` */
  colour: z.string(),
  shape: z.string(),
  routable: z.boolean(),
  reasonRequired: z.boolean(),
  /** Seconds; null for no limit. */
  maxSeconds: z.int().nullable(),
  archived: z.boolean(),
});
export type Status = z.infer<typeof statusSchema>;
