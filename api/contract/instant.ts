import { z } from 'zod';

/** Epoch milliseconds, up to the year 9999. */
export const instantSchema = z.int().min(0).max(253_402_300_799_999);
