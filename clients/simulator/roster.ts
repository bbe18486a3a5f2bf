import type { RollcallClient } from '../sdk/client.ts';

const PAGE = 100;
/** As `npm run seed` makes teams. */
const TEAM_SIZE = 50;

/** Which team each agent belongs to, by user name. */
export type Roster = ReadonlyMap<string, number | null>;

/** Of the organisation of whoever asks: a supervisor or above. @throws TRPCClientError */
export async function readRoster({ api }: RollcallClient): Promise<Roster> {
  const teams = new Map<string, number | null>();
  for (let page = 1, pages = 1; page <= pages; page++) {
    const { data, meta } = await api.agents.list.query({ filters: { role: 'agent' }, page, limit: PAGE });
    for (const { username, teamId } of data) teams.set(username, teamId);
    pages = meta.totalPages;
  }
  return teams;
}

/** `agent0001` for 0. */
export function usernameOf(index: number): string {
  return `agent${String(index + 1).padStart(4, '0')}`;
}

/** The team of an agent; a guess where no roster tells. */
export function teamOf(index: number, roster: Roster | null): number {
  return roster?.get(usernameOf(index)) ?? Math.floor(index / TEAM_SIZE);
}
