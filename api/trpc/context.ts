import type { Queryable } from '../../drizzle/queryable.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Claims } from '../auth/tokens.ts';
import type { RollcallError } from '../contract/errors.ts';
import type { LoginPresence } from '../login-presence.ts';
import type { OutboxRelay } from '../outbox-relay.ts';
import type { Teams } from '../teams.ts';
import type { Projections } from '../projections.ts';
import type { Peer } from '../transport.ts';
import type { JsonOf } from './serialised.ts';

/** What the procedures stand on. */
export interface Services {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly authenticator: Authenticator;
  readonly presence: LoginPresence;
  readonly relay: OutboxRelay;
  readonly teams: Teams;
  readonly projections: Projections;
}

/** One call's surroundings. */
export interface Context extends Services {
  readonly peer: Peer;
  /** What the token says, or why there is none that holds. */
  readonly claims: Claims | RollcallError;
  /** Null on sockets. */
  readonly cookies: Cookies | null;
  /** JSON text as the transport sends it best: as a value, or as it is (serialised.ts). */
  readonly present: <Value>(json: JsonOf<Value>) => Value;
  /** Breaks the connection off, so that the client comes back by itself. */
  readonly hangUp: () => void;
}

/** The cookies of a request over HTTP. */
export interface Cookies {
  readonly refreshToken: string | null;
  /** Sets the refresh token for `maxAgeMs`; null removes it. */
  setRefreshToken(token: string | null, maxAgeMs: number): void;
}
