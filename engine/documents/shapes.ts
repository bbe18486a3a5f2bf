/** The documents' shapes. Times are epoch milliseconds, agents and users integer ids. */
import type { Category, Cause, Configuration } from '../axes.ts';
import type { AgentEvent, EventType } from '../events.ts';
import type { Offset } from '../journal/port.ts';

/** Where one agent stands. */
export interface StatusDocument {
  readonly agentId: number;
  readonly organisationId: number;
  readonly teamId: number | null;
  /** Effective code, and its category. */
  readonly status: string;
  readonly category: Category | 'offline';
  /** Null until the first change. */
  readonly previousStatus: string | null;
  /** Since when the status is what it is. */
  readonly statusTimestamp: number;
  readonly cause: Cause;
  /** Who changed it, and why; null where nobody did or nothing was said. */
  readonly changedBy: number | null;
  readonly reason: string | null;
  readonly connectivity: Configuration['connectivity'];
  /** Declared code; null while offline. */
  readonly duty: string | null;
  readonly activity: Configuration['activity'];
  readonly routable: boolean;
  /** The newest session that lives, else the newest in grace; null without one. */
  readonly sessionId: string | null;
  readonly location: { readonly ipAddress: string; readonly deviceInfo: string } | null;
  readonly workload: {
    readonly currentTasks: number;
    /** Null: the client has told no limit. */
    readonly maxTasks: number | null;
    readonly utilizationPercent: number | null;
  };
  /** Seq of the agent's last event. */
  readonly version: number;
  /** Time of the agent's first event and of its last one. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One event of an agent, and its place in the history. */
export interface HistoryEntry {
  /** Counts the journals: seq and offset count in one of them. */
  readonly log: number;
  readonly offset: Offset;
  readonly event: AgentEvent;
}

/** A device or tab of an agent, from its log-in to its end. */
export interface SessionDocument {
  readonly id: string;
  readonly agentId: number;
  readonly organisationId: number;
  readonly device: string;
  readonly address: string;
  readonly startedAt: number;
  /** When its connection was lost, and not resumed since. */
  readonly lostAt: number | null;
  /** Null while it is active. */
  readonly endedAt: number | null;
  /** The kind of event that ended it; `journal_replaced` where the journal ended before the session did. */
  readonly endedBy: EventType | 'journal_replaced' | null;
}

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

/** A message as it was sent. */
export interface MessageDocument {
  readonly id: string;
  readonly organisationId: number;
  readonly kind: 'direct' | 'team' | 'all' | 'system';
  /** Null for the system. */
  readonly senderId: number | null;
  readonly senderName: string | null;
  readonly teamId: number | null;
  /** As they were when it was sent; null for everybody who existed then. */
  readonly recipientIds: readonly number[] | null;
  readonly subject: string | null;
  readonly content: string;
  readonly priority: (typeof PRIORITIES)[number];
  readonly holdUntilFree: boolean;
  readonly createdAt: number;
  /** From then on nobody is shown it; null for never. */
  readonly expiresAt: number | null;
}

export const RECEIPT_STEPS = ['delivered', 'read', 'acknowledged'] as const;

/** A recipient went a step further with a message. */
export interface ReceiptChange {
  readonly messageId: string;
  readonly recipientId: number;
  readonly step: (typeof RECEIPT_STEPS)[number];
  readonly at: number;
}

/** How far a recipient is with a message: when each step was first taken, null for not yet. */
export interface ReceiptDocument {
  readonly messageId: string;
  readonly recipientId: number;
  readonly sentAt: number;
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  readonly acknowledgedAt: number | null;
}

/** Something that an agent did elsewhere. */
export interface ActivityDocument {
  /** The sender's own, unique for the agent. */
  readonly id: string;
  readonly organisationId: number;
  readonly agentId: number;
  readonly type: string;
  readonly description: string;
  readonly at: number;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}
