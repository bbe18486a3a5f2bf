import { z } from 'zod';
import { activityFields } from './activities.ts';
import type { ErrorCode } from './errors.ts';
import { type Message, messageIdSchema, messageIdsSchema } from './messages.ts';
import { commandIdSchema, reasonSchema, statusCodeSchema } from './presence.ts';
import type { Status } from './statuses.ts';
import { storableText } from './text.ts';
import type { FullTile } from './tile.ts';

/** The agent socket speaks JSON text frames of at most this many bytes. */
export const MAX_FRAME_BYTES = 4096;

const seqSchema = z.int().min(0);

/** What a client sends. The first frame is `hello`, within five seconds. */
export const clientFrameSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('hello'),
    token: z.string().min(1),
    /** What the agent works at, for supervisors to read. */
    device: storableText.min(1).max(200),
    /** The session that the client held, and the last seq that it knows. */
    resume: z.object({ session: z.string().min(1).max(100), seq: seqSchema }).nullish(),
  }),
  z.object({
    op: z.literal('status'),
    id: commandIdSchema,
    status: statusCodeSchema,
    reason: reasonSchema.optional(),
    /** Queue it until the task or the wrap-up at hand is over. */
    next: z.boolean().optional(),
    expectSeq: seqSchema.optional(),
  }),
  z.object({ op: z.literal('extend'), id: commandIdSchema, reason: reasonSchema }),
  /** Activity was seen at `at` (epoch milliseconds). Has no answer; at most one a second counts. */
  z.object({ op: z.literal('active'), at: z.number() }),
  z.object({ op: z.literal('work'), id: commandIdSchema, current: z.int().min(0), max: z.int().min(1) }),
  /** These messages were read. */
  z.object({ op: z.literal('read'), id: commandIdSchema, messages: messageIdsSchema }),
  /** An urgent message was taken note of. */
  z.object({ op: z.literal('acknowledge'), id: commandIdSchema, message: messageIdSchema }),
  /** Something was done elsewhere. */
  z.object({ op: z.literal('activity'), ...activityFields }),
  /** Log-out of presence, in every tab. */
  z.object({ op: z.literal('bye'), id: commandIdSchema }),
]);
export type ClientFrame = z.infer<typeof clientFrameSchema>;

/** What the server sends. Times are epoch milliseconds. */
export type ServerFrame =
  | WelcomeFrame
  | { readonly op: 'ok'; readonly id: string; readonly seq: number }
  | NoFrame
  | StateFrame
  | NoticeFrame
  | MessageFrame
  /** Each heartbeat: the server lives. */
  | { readonly op: 'pulse'; readonly now: number }
  /** The server will close in `afterMs`; reconnect then. */
  | { readonly op: 'drain'; readonly afterMs: number }
  /** Reconnect now: this agent is served elsewhere. */
  | { readonly op: 'moved' };

export interface WelcomeFrame {
  readonly op: 'welcome';
  readonly session: string;
  readonly seq: number;
  /** Identity of the log that `seq` counts in. */
  readonly epoch: string;
  readonly now: number;
  readonly tile: FullTile;
  readonly statuses: readonly Status[];
  /** The codes that the agent may choose now. */
  readonly allowed: readonly string[];
  readonly heartbeatMs: number;
  /** Whether the session asked for goes on; otherwise this is a new one. */
  readonly resumed: boolean;
}

/** The agent's own state changed, or what the agent was told at the welcome. */
export interface StateFrame {
  readonly op: 'state';
  readonly tile: FullTile;
  readonly allowed: readonly string[];
  /** With a changed law: the whole catalogue, and how often the server speaks from now on. */
  readonly statuses?: readonly Status[];
  readonly heartbeatMs?: number;
}

export interface NoFrame {
  readonly op: 'no';
  readonly id: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly allowed?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
  readonly current?: unknown;
}

export interface NoticeFrame {
  readonly op: 'notice';
  readonly kind: 'break_ending' | 'break_over' | 'forced' | 'released' | 'flapping' | 'incident';
  readonly at: number;
  readonly until?: number;
  readonly text?: string;
}

/** Somebody, or the system, wrote to the agent. One that the connection broke on may come again. */
export type MessageFrame = { readonly op: 'message' } & Message;

/** Why the server closed an agent socket, and whether the client should come back by itself. */
export const CLOSE_CODES = {
  1000: { name: 'bye', reconnect: false },
  4400: { name: 'bad_frame', reconnect: false },
  4401: { name: 'unauthenticated', reconnect: false },
  4403: { name: 'no_presence', reconnect: false },
  4408: { name: 'hello_late', reconnect: true },
  4409: { name: 'resumed_elsewhere', reconnect: false },
  4410: { name: 'logged_out', reconnect: false },
  4413: { name: 'frame_too_large', reconnect: false },
  4429: { name: 'too_many_frames', reconnect: true },
  4500: { name: 'internal', reconnect: true },
  4503: { name: 'draining', reconnect: true },
} as const satisfies Record<number, { name: string; reconnect: boolean }>;
export type CloseCode = keyof typeof CLOSE_CODES;
