import type { Clock } from '../engine/clock.ts';
import type { AgentGateway } from './agent-gateway.ts';
import type { Health } from './health.ts';
import type { Http } from './http.ts';
import type { Server } from './server.ts';
import type { TrpcSockets } from './trpc/sockets.ts';

/** Everything by which clients hold on to a server. */
export interface Holds {
  readonly clock: Clock;
  readonly health: Health;
  readonly server: Server;
  readonly http: Http;
  readonly gateway: AgentGateway;
  readonly trpcSockets: TrpcSockets;
}

const LOOK_MS = 20;

/**
 * Before a stop: takes in nobody new, asks those on sockets to come back, and gives requests time for their answers.
 * Over when all are gone, at the latest after `withinMs`; whoever is still there then is cut off.
 */
export async function drain(holds: Holds, withinMs: number): Promise<void> {
  const { clock, health, server, http, gateway, trpcSockets } = holds;
  health.drain();
  server.stopListening();
  gateway.drain(withinMs / 2);
  trpcSockets.drain(withinMs / 2);
  const until = clock.monotonic() + withinMs;
  const isHeld = () => gateway.size + trpcSockets.size + http.running > 0;
  while (isHeld() && clock.monotonic() < until)
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
  gateway.closeAll();
}
