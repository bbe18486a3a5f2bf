import { allowedNow } from './agent.ts';
import type { Configuration, Context, Session } from './axes.ts';
import type { Law } from './law.ts';
import { nextDeadline } from './next-deadline.ts';
import type { AgentRecord } from './record.ts';
import { livesOnRequests } from './sessions.ts';
import { type FullTile, tileOf } from './tile.ts';

/** Why an agent's effective status is what it is (SPEC E2). Times are epoch milliseconds. */
export interface Why {
  readonly tile: FullTile;
  /** The axis that decides the effective status; the others lost to it. */
  readonly winner: keyof Configuration;
  readonly axes: {
    readonly connectivity: {
      readonly state: Configuration['connectivity'];
      readonly graceUntil: number | null;
      readonly platformUntil: number | null;
    };
    readonly duty: { readonly code: string | null; readonly category: Configuration['duty'] } & Pick<
      Context,
      'dutyCause' | 'dutyReason' | 'dutySince'
    >;
    readonly limit: { readonly state: Configuration['limit'] } & Pick<
      Context,
      'limitUntil' | 'extendedMs' | 'overAt'
    >;
    readonly activity: {
      readonly state: Configuration['activity'];
      readonly idleSince: number | null;
      readonly activeAt: number | null;
    };
    readonly workload: {
      readonly state: Configuration['workload'];
      readonly current: number;
      readonly max: number | null;
      readonly utilisationPercent: number | null;
    };
    readonly override: { readonly state: Configuration['override'] } & { readonly forced: Context['forced'] };
  };
  /** Until when the organisation's timers stand still for this agent; null while they run. */
  readonly frozenUntil: number | null;
  readonly stability: { readonly state: Configuration['stability'] } & Pick<Context, 'flips' | 'flapping'>;
  /** What comes after the task or the wrap-up at hand. */
  readonly waiting: Pick<Context, 'queued' | 'forcedNext'>;
  readonly sessions: readonly (Omit<Session, 'lives' | 'login'> & {
    readonly lives: 'on_socket' | 'on_requests';
    readonly activeAt: number | null;
  })[];
  readonly nextDeadline: { readonly at: number; readonly what: string } | null;
  readonly allowed: readonly string[];
  readonly lastRejected: Rejected | null;
}

/** A command that was refused. */
export interface Rejected {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly command: string;
  readonly code: string;
  readonly message: string;
}

/** What is known beside the record; times are epoch milliseconds. */
export interface Evidence {
  readonly now: number;
  readonly frozenUntil: number | null;
  readonly activeAt: number | null;
  readonly sessionActiveAt: (session: string) => number | null;
  readonly lastRefusal: Rejected | null;
}

export function explain(record: AgentRecord, law: Law, evidence: Evidence): Why {
  const { now, frozenUntil, activeAt } = evidence;
  const deadline = nextDeadline(record, {
    now,
    law,
    activeAt: activeAt ?? record.lastAt,
    frozenUntil,
    requestedAt: (session) => evidence.sessionActiveAt(session) ?? now,
  });
  const { current, max } = record;
  return {
    tile: tileOf(record, 'full'),
    winner: winnerOf(record),
    axes: {
      connectivity: {
        state: record.connectivity,
        graceUntil: record.graceUntil,
        platformUntil: record.platformUntil,
      },
      duty: {
        code: record.dutyCode,
        category: record.duty,
        dutyCause: record.dutyCause,
        dutyReason: record.dutyReason,
        dutySince: record.dutySince,
      },
      limit: {
        state: record.limit,
        limitUntil: record.limitUntil,
        extendedMs: record.extendedMs,
        overAt: record.overAt,
      },
      activity: { state: record.activity, idleSince: record.idleSince, activeAt },
      workload: {
        state: record.workload,
        current,
        max,
        utilisationPercent: max === null ? null : Math.round((current / max) * 100),
      },
      override: { state: record.override, forced: record.forced },
    },
    frozenUntil,
    stability: { state: record.stability, flips: record.flips, flapping: record.flapping },
    waiting: { queued: record.queued, forcedNext: record.forcedNext },
    sessions: record.sessions.map((session) => {
      const { id, device, address, startedAt, lostAt } = session;
      const lives = livesOnRequests(session) ? 'on_requests' : 'on_socket';
      return { id, device, address, startedAt, lostAt, lives, activeAt: evidence.sessionActiveAt(id) };
    }),
    nextDeadline: deadline === null ? null : { at: deadline.at, what: deadline.input.type },
    allowed: allowedNow(record, law),
    lastRejected: evidence.lastRefusal,
  };
}

/** Which axis the effective status comes from: it follows from the cause that was decided with it (A4). */
function winnerOf(record: AgentRecord): keyof Configuration {
  if (record.connectivity === 'disconnected') return 'connectivity';
  switch (record.cause) {
    case 'override':
      return 'override';
    case 'capacity':
      return 'workload';
    case 'idle':
      return 'activity';
    default:
      return 'duty';
  }
}
