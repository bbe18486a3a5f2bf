import { allowedNow, nextDeadline } from './agent.ts';
import type { Configuration, Context, Session } from './axes.ts';
import type { Law } from './law.ts';
import type { AgentRecord } from './record.ts';
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
    };
    readonly duty: { readonly code: string | null; readonly category: Configuration['duty'] } & Pick<
      Context,
      'dutyCause' | 'dutyReason' | 'dutySince'
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
  readonly sessions: readonly (Session & { readonly activeAt: number | null })[];
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
  readonly activeAt: number | null;
  readonly sessionActiveAt: (session: string) => number | null;
  readonly lastRefusal: Rejected | null;
}

export function explain(record: AgentRecord, law: Law, evidence: Evidence): Why {
  const deadline = nextDeadline(record, law, evidence.activeAt ?? record.lastAt);
  const { current, max } = record;
  return {
    tile: tileOf(record, 'full'),
    winner: winnerOf(record),
    axes: {
      connectivity: { state: record.connectivity, graceUntil: record.graceUntil },
      duty: {
        code: record.dutyCode,
        category: record.duty,
        dutyCause: record.dutyCause,
        dutyReason: record.dutyReason,
        dutySince: record.dutySince,
      },
      activity: { state: record.activity, idleSince: record.idleSince, activeAt: evidence.activeAt },
      workload: {
        state: record.workload,
        current,
        max,
        utilisationPercent: max === null ? null : Math.round((current / max) * 100),
      },
      override: { state: record.override, forced: record.forced },
    },
    sessions: record.sessions.map((session) => ({
      ...session,
      activeAt: evidence.sessionActiveAt(session.id),
    })),
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
