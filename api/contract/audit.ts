import { z } from 'zod';
import { idSchema } from './ids.ts';
import { storableText } from './text.ts';

/** An entry of the audit trail. */
export interface AuditEntry {
  readonly id: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Null for the system. */
  readonly userId: number | null;
  /** `noun.verb` */
  readonly action: string;
  readonly table: string | null;
  readonly recordId: string | null;
  /** What was changed, as it was and as it then was; null where there was nothing. */
  readonly oldValues: Readonly<Record<string, unknown>> | null;
  readonly newValues: Readonly<Record<string, unknown>> | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

const instantSchema = z.int().min(0).max(8_640_000_000_000);

export const listAuditInput = z
  .object({
    filters: z
      .object({
        userId: idSchema.optional(),
        action: storableText.max(100).optional(),
        table: storableText.max(100).optional(),
        recordId: storableText.max(50).optional(),
        /** Epoch milliseconds: from then on, and before then. */
        from: instantSchema.optional(),
        to: instantSchema.optional(),
      })
      .default({}),
    /** Where the last page ended; the newest entries come first. */
    cursor: z
      .string()
      .regex(/^\d{1,15}$/, 'no cursor of this list')
      .nullish(),
    limit: z.int().min(1).max(100).default(20),
  })
  .prefault({});

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}
