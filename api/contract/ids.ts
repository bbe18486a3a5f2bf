import { z } from 'zod';

/** The id of a row: PostgreSQL's integer, from 1. */
export const idSchema = z.int().min(1).max(2_147_483_647);

/** The id of what is asked for: one that no row can have is of nobody, like any other that no row has. */
export const soughtIdSchema = z.int();
