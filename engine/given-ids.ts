/**
 * What the journal can say to a database that has lost something: which ids were given to somebody. They must not be
 * given to somebody else, whose the history would then be.
 */
import { decodeEntries, type JournalEntry, timeOf } from './entries.ts';
import type { CommittedBatch } from './journal/port.ts';

/** The highest ids of which a journal tells; 0 where it tells of none. */
export interface GivenIds {
  readonly organisations: number;
  readonly users: number;
  readonly teams: number;
}

export interface Told {
  readonly ids: GivenIds;
  /** Time of the last entry, epoch milliseconds; null where there is none. */
  readonly lastAt: number | null;
}

/** @throws TypeError on a format that this code doesn't know */
export async function toldBy(batches: AsyncIterable<Pick<CommittedBatch, 'events'>>): Promise<Told> {
  let ids: GivenIds = { organisations: 0, users: 0, teams: 0 };
  let lastAt: number | null = null;
  for await (const { events } of batches) {
    for (const entry of decodeEntries(events)) {
      ids = higher(ids, idsIn(entry));
      lastAt = timeOf(entry);
    }
  }
  return { ids, lastAt };
}

/** None where a kind of entry names none. */
function idsIn(entry: JournalEntry): Partial<GivenIds> {
  switch (entry.kind) {
    case 'event': {
      const { agent, organisation, by = 0, set, command } = entry.event;
      const { member, forced } = set;
      const user = command !== undefined && 'user' in command ? command.user : 0;
      return {
        organisations: Math.max(organisation, member?.organisationId ?? 0),
        users: Math.max(agent, by, user, member?.id ?? 0, forced?.by ?? 0),
        teams: member?.teamId ?? 0,
      };
    }
    case 'message': {
      const { organisationId, senderId, recipientIds, teamId } = entry.message;
      // One by one: a call takes no ten thousand arguments everywhere.
      const users = (recipientIds ?? []).reduce((highest, id) => Math.max(highest, id), senderId ?? 0);
      return { organisations: organisationId, users, teams: teamId ?? 0 };
    }
    case 'receipt':
      return { users: entry.receipt.recipientId };
    case 'activity':
      return { organisations: entry.activity.organisationId, users: entry.activity.agentId };
  }
}

function higher(ids: GivenIds, others: Partial<GivenIds>): GivenIds {
  const { organisations = 0, users = 0, teams = 0 } = others;
  return {
    organisations: Math.max(ids.organisations, organisations),
    users: Math.max(ids.users, users),
    teams: Math.max(ids.teams, teams),
  };
}
