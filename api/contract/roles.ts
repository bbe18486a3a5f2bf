import { z } from 'zod';

/** From the least to the most rights. */
export const ROLES = ['viewer', 'agent', 'supervisor', 'manager', 'admin'] as const;
export const roleSchema = z.enum(ROLES);
