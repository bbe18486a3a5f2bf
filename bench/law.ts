import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS } from '../drizzle/defaults.ts';
import { Catalogue } from '../engine/catalogue.ts';
import type { Law } from '../engine/law.ts';
import type { Member } from '../engine/member.ts';

/** What a new organisation begins with. */
export const LAW: Law = {
  catalogue: new Catalogue(DEFAULT_STATUSES, DEFAULT_TRANSITIONS),
  config: {
    MAX_AGENT_IDLE_TIME: 300,
    WEBSOCKET_HEARTBEAT_INTERVAL: 30,
    RECONNECT_GRACE_SECONDS: 30,
    DEFAULT_LOGIN_STATUS: 'available',
    DEFAULT_STATUS_BREAK_DURATION: 15,
    BREAK_EXTENSION_MINUTES: 5,
    WRAP_UP_SECONDS: 120,
    FLAP_LIMIT: 6,
    FLAP_WINDOW_SECONDS: 60,
    BREAKER_MIN_AGENTS: 20,
    BREAKER_PERCENT: 20,
    BREAKER_WINDOW_SECONDS: 5,
    BREAKER_FREEZE_SECONDS: 60,
    SESSION_IDLE_MINUTES: 30,
  },
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
