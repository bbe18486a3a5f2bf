/**
 * The audit of what people do to other people's presence. It is a target of its own: it follows the journal with a
 * position of its own, so each deed is entered once, whatever fails in between.
 */
import { onConnection } from '../drizzle/client.ts';
import { DatabaseFailed } from '../drizzle/errors.ts';
import { append, type PresenceEntry } from '../drizzle/repositories/presence-audit.ts';
import type { SqlPool } from '../engine/documents/sql-client.ts';
import { sqlTarget } from '../engine/documents/sql-target.ts';
import type { AgentEvent, EventType } from '../engine/events.ts';
import { type ProjectionTarget, TargetRefused, TargetUnavailable } from '../engine/projection.ts';

/** Entered also of what somebody does to themselves; other kinds only of what is done to another. */
const ACTIONS: Readonly<Partial<Record<EventType, string>>> = {
  status_forced: 'presence.force',
  force_queued: 'presence.force',
  override_released: 'presence.release',
};

export function presenceAudit(pool: SqlPool): ProjectionTarget {
  return sqlTarget(pool, {
    name: 'audit',
    async take(client, { entries }) {
      const found = entries.flatMap((entry) => (entry.kind === 'event' ? auditEntry(entry.event) : []));
      if (found.length > 0) await append(onConnection(client), found).catch(refuse);
      // What is missing, the documents tell.
      return 0;
    },
  });
}

function auditEntry(event: AgentEvent): PresenceEntry[] {
  const { type, agent, organisation, by, at, seq, previous, reason, set } = event;
  const action = ACTIONS[type];
  if (by === undefined || (by === agent && action === undefined)) return [];
  const waiting = set.forcedNext ?? null;
  const forced = waiting ?? set.forced ?? null;
  const status = forced?.code ?? set.status;
  return [
    {
      organisationId: organisation,
      by,
      agentId: agent,
      // A log-out by another is a forced one.
      action: action ?? (type === 'logged_out' ? 'presence.force' : `presence.${type}`),
      at: new Date(at),
      oldValues: previous === undefined ? null : { status: previous },
      newValues: {
        seq,
        ...(status !== undefined && { status }),
        ...(reason !== undefined && { reason }),
        ...(forced !== null && { hold: forced.hold }),
        ...(waiting !== null && { when: 'after_task' }),
      },
    },
  ];
}

function refuse(cause: unknown): never {
  const message = `the audit can not be written: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (cause instanceof DatabaseFailed) throw new TargetUnavailable(message, { cause });
  throw new TargetRefused(message, { cause });
}
