import { z } from 'zod';

/** NUL, and halves of characters that stand alone. */
const NOT_STORABLE = /[\0\p{Surrogate}]/u;

/** Text that a database can keep. */
export const storableText = z
  .string()
  .refine((text) => !NOT_STORABLE.test(text), 'holds a character that can not be kept');
