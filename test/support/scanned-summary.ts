/** Summaries the slow way: by looking at everybody. */
import type { Member } from '../../engine/member.ts';
import type { AgentRecord } from '../../engine/record.ts';
import type { Scope } from '../../engine/scope.ts';
import type { Counts, Summary } from '../../engine/summary.ts';
import type { Subject } from '../../engine/topics.ts';

/** But for what is wrong with the platform. */
export function scannedSummary(
  everybody: readonly AgentRecord[],
  { view, ...subject }: Subject,
): Summary & { readonly incidents: Summary['incidents'][number][] } {
  const records = everybody
    .filter(({ member }) => member.organisationId === subject.organisationId && isIn(member, subject.scope))
    .sort((a, b) => a.member.id - b.member.id);
  const teams = [...new Set(records.map(({ member }) => member.teamId))];
  const over = records.flatMap((record) =>
    record.limit === 'over' || record.limit === 'escalated'
      ? [sinceOf(record, record.limitUntil ?? NaN)]
      : [],
  );
  const codes = [...new Set(records.map(({ status }) => status))].filter((code) => code !== 'offline').sort();
  return {
    ...scannedCounts(records),
    teams: teams
      .sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
      .map((teamId) => ({
        teamId,
        ...scannedCounts(records.filter(({ member }) => member.teamId === teamId)),
      })),
    longest: Object.fromEntries(
      codes.map((code) => {
        const those = records.filter(({ status }) => status === code);
        const since = Math.min(...those.map((record) => record.since));
        const first = those.find((record) => record.since === since);
        if (first === undefined) throw new RangeError('somebody has that status');
        return [code, sinceOf(first, since)];
      }),
    ),
    overruns: {
      count: over.length,
      ...(view === 'full' && { agents: over.sort((a, b) => a.since - b.since).slice(0, 100) }),
    },
    incidents: records
      .flatMap(({ flapping, member: { id, name } }) =>
        flapping === null ? [] : [{ since: flapping.since, agent: { id, name } }],
      )
      .sort((a, b) => a.since - b.since)
      .slice(0, 100)
      .map(({ since, agent }) => ({ kind: 'flapping' as const, since, ...(view === 'full' && { agent }) })),
  };
}

export function isIn(member: Member, scope: Scope): boolean {
  if (!member.active) return false;
  if ('agentId' in scope) return member.id === scope.agentId;
  if ('admin' in scope) return true;
  if (!member.onBoard) return false;
  if ('teamId' in scope) return member.teamId === scope.teamId;
  return 'department' in scope ? member.department === scope.department : true;
}

function shown({ connectivity, flapping }: AgentRecord): AgentRecord['connectivity'] {
  return connectivity === 'connected' && flapping !== null ? 'reconnecting' : connectivity;
}

function scannedCounts(records: readonly AgentRecord[]): Counts {
  const number = (test: (record: AgentRecord) => boolean) => records.filter(test).length;
  const category = (name: AgentRecord['category']) => number((record) => record.category === name);
  const connectivity = (name: AgentRecord['connectivity']) => number((record) => shown(record) === name);
  return {
    total: records.length,
    routable: number(({ routable }) => routable),
    byStatus: Object.fromEntries(
      [...new Set(records.map(({ status }) => status))]
        .sort()
        .map((code) => [code, number(({ status }) => status === code)]),
    ),
    byCategory: {
      available: category('available'),
      busy: category('busy'),
      away: category('away'),
      break: category('break'),
      wrap_up: category('wrap_up'),
      offline: category('offline'),
    },
    byConnectivity: {
      connected: connectivity('connected'),
      reconnecting: connectivity('reconnecting'),
      disconnected: connectivity('disconnected'),
    },
  };
}

function sinceOf({ member: { id, name } }: AgentRecord, since: number): Summary['longest'][string] {
  return { id, name, since };
}
