import type { Catalogue, DutyStatus, Status } from './catalogue.ts';

/** The limits that the engine obeys, under the names of the configuration keys. */
export interface Config {
  /** Seconds without activity until away. */
  readonly MAX_AGENT_IDLE_TIME: number;
  /** Seconds between two heartbeats. */
  readonly WEBSOCKET_HEARTBEAT_INTERVAL: number;
  /** Seconds that an agent whose last session was lost may take to come back. */
  readonly RECONNECT_GRACE_SECONDS: number;
  /** Code of the duty that a fresh log-in starts with. */
  readonly DEFAULT_LOGIN_STATUS: string;
  /** Minutes of a break whose status has no limit of its own. */
  readonly DEFAULT_STATUS_BREAK_DURATION: number;
  /** Minutes of the one extension of a break; 0 for none. */
  readonly BREAK_EXTENSION_MINUTES: number;
  /** Seconds of a wrap-up whose status has no limit of its own. */
  readonly WRAP_UP_SECONDS: number;
  /** More changes of connectivity than these, within so many seconds, are flapping. */
  readonly FLAP_LIMIT: number;
  readonly FLAP_WINDOW_SECONDS: number;
  /** So many agents, and so many per cent of those connected, whose loss within so many seconds is a mass disconnect. */
  readonly BREAKER_MIN_AGENTS: number;
  readonly BREAKER_PERCENT: number;
  readonly BREAKER_WINDOW_SECONDS: number;
  /** Seconds that timers stand still after one, and after the engine's own start. */
  readonly BREAKER_FREEZE_SECONDS: number;
  /** Minutes that a session on requests lives without one. */
  readonly SESSION_IDLE_MINUTES: number;
}

/** One organisation's rules as they stand now. */
export interface Law {
  readonly catalogue: Catalogue;
  readonly config: Config;
}

export function graceMs(law: Law): number {
  return law.config.RECONNECT_GRACE_SECONDS * 1000;
}

export function sessionIdleMs(law: Law): number {
  return law.config.SESSION_IDLE_MINUTES * 60_000;
}

/** How long an agent with this status may be without activity, in milliseconds; null for ever. */
export function idleLimitMs(law: Law, status: Status): number | null {
  switch (status.idleLimit) {
    case 'never':
      return null;
    case 'default':
      return law.config.MAX_AGENT_IDLE_TIME * 1000;
    default:
      return status.idleLimit.seconds * 1000;
  }
}

/** How long a duty with this status may last, in milliseconds; null for ever (D2, D3). */
export function limitMs({ config }: Law, { maxSeconds, category }: Status): number | null {
  if (maxSeconds !== null) return maxSeconds * 1000;
  switch (category) {
    case 'break':
      return config.DEFAULT_STATUS_BREAK_DURATION * 60_000;
    case 'wrap_up':
      return config.WRAP_UP_SECONDS * 1000;
    default:
      return null;
  }
}

export function flapWindowMs(law: Law): number {
  return law.config.FLAP_WINDOW_SECONDS * 1000;
}

export function extensionMs(law: Law): number {
  return law.config.BREAK_EXTENSION_MINUTES * 60_000;
}

/** The duty of a fresh log-in (A10); the seeded `available` where the configured one is gone. */
export function loginStatus(law: Law): DutyStatus {
  const status = law.catalogue.duty(law.config.DEFAULT_LOGIN_STATUS) ?? law.catalogue.duty('available');
  if (status === null) throw new TypeError('the catalogue has no status to log in with');
  return status;
}
