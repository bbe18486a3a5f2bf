import { z } from 'zod';

/** The id of a row: PostgreSQL's integer, from 1. */
export const idSchema = z.int().min(1).max(2_147_483_647);
