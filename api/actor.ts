import type { Actor } from '../drizzle/repositories/audit.ts';
import type { Principal } from './auth/authenticator.ts';
import type { Peer } from './transport.ts';

/** On whose behalf a call changes something, for the audit trail. */
export function actorOf({ principal, peer }: { readonly principal: Principal; readonly peer: Peer }): Actor {
  return { userId: principal.member.id, ipAddress: peer.address, userAgent: peer.userAgent };
}
