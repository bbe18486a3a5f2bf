import { configOf } from '../api/configuration.ts';
import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS } from '../drizzle/defaults.ts';
import { Catalogue } from '../engine/catalogue.ts';
import type { Law } from '../engine/law.ts';
import type { Member } from '../engine/member.ts';

/** What a new organisation begins with. */
export const LAW: Law = {
  catalogue: new Catalogue(DEFAULT_STATUSES, DEFAULT_TRANSITIONS),
  config: configOf([]),
};

const TEAM_SIZE = 50;

/** Agents in teams of fifty, with ids from 1. */
export function* agents(count: number): Iterable<Member> {
  for (let id = 1; id <= count; id++) {
    yield {
      id,
      organisationId: 1,
      name: `Agent ${id}`,
      teamId: Math.ceil(id / TEAM_SIZE),
      department: 'Customer Service',
      role: 'agent',
      onBoard: true,
      active: true,
      createdAt: 0,
    };
  }
}

const PAGE = 1000;

/** The same, as a roster has them. */
export function* pagesOf(count: number): Iterable<readonly Member[]> {
  let page: Member[] = [];
  for (const agent of agents(count)) {
    page.push(agent);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}
