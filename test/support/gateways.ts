/** The agents' gateway over an engine in memory, whose disk, tokens and network do what a test tells them to. */
import { AgentGateway } from '../../api/agent-gateway.ts';
import { LiveSessions } from '../../api/auth/live-sessions.ts';
import type { Claims } from '../../api/auth/tokens.ts';
import { LoginPresence } from '../../api/login-presence.ts';
import { RollcallError } from '../../api/contract/errors.ts';
import type { SocketListener } from '../../api/transport.ts';
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Law } from '../../engine/law.ts';
import type { Member } from '../../engine/member.ts';
import { member, startEngine } from './engines.ts';
import { type FakeClock, settle } from './fake-clock.ts';
import { FakeSocket, type Sent } from './fake-socket.ts';
import { LAW } from './laws.ts';

/** A socket and the listener that the gateway gave it. */
export interface Opened {
  readonly socket: FakeSocket;
  readonly listener: SocketListener;
  /** Sends frames, lets everything come to rest, and answers what came back. */
  say(...frames: readonly (object | string)[]): Promise<Sent[]>;
}

export interface Arena extends Disposable {
  readonly engine: Engine;
  readonly journal: MemoryJournal;
  readonly clock: FakeClock;
  readonly gateway: AgentGateway;
  readonly liveSessions: LiveSessions;
  readonly presence: LoginPresence;
  readonly errors: unknown[];
  /** What the disk and the look-up of a session wait for; settled when nothing is set. */
  readonly waits: { disk: Promise<void> | null; token: Promise<void> | null; diskFails: boolean };
  /** Another law for everybody, which the engine is told of. */
  enact(law: Law): Promise<void>;
  open(): Opened;
  /**
   * Says hello with the token of an agent, `agent:ID`, or `agent:ID by LOGIN` of another log-in session than their
   * `login of ID`; answers the welcome, or null.
   */
  hello(agentId: number, more?: object): Promise<Opened & { readonly welcome: Sent | null }>;
}

const SESSION_MS = 3_600_000;

export async function startArena(members: readonly Member[] = [member(1), member(2)]): Promise<Arena> {
  const waits: Arena['waits'] = { disk: null, token: null, diskFails: false };
  const journal = new MemoryJournal({
    delay: async () => waits.disk ?? undefined,
    fails: () => waits.diskFails,
  });
  let law = LAW;
  const { engine, clock } = await startEngine({
    journal,
    members,
    catalogue: () => law.catalogue,
    config: () => law.config,
  });
  const errors: unknown[] = [];
  const liveSessions = new LiveSessions({
    clock,
    accessMs: 900_000,
    isDeactivated: (id) => engine.record(id)?.member.active === false,
  });
  const openSession = async (token: string | null): Promise<Claims | RollcallError> => {
    await waits.token;
    const [, id, login = `login of ${id}`] = /^agent:(\d+)(?: by (.+))?$/.exec(token ?? '') ?? [];
    const userId = Number(id);
    return Number.isInteger(userId)
      ? { userId, sessionId: login, sessionExpiresAt: clock.now() + SESSION_MS }
      : new RollcallError('the token is not valid', { code: 'UNAUTHENTICATED' });
  };
  const presence = new LoginPresence({ engine, clock, liveSessions, node: 'test' });
  const gateway = new AgentGateway({
    engine,
    clock,
    presence,
    authenticator: { openSession, liveSessions },
    onInternalError: (error) => void errors.push(error),
  });
  const open = (): Opened => {
    const socket = new FakeSocket();
    const listener = gateway.route.open(socket);
    socket.onClosed = () => listener.closed();
    socket.onPinged = () => listener.pong('');
    return {
      socket,
      listener,
      async say(...frames) {
        for (const frame of frames)
          listener.message(typeof frame === 'string' ? frame : JSON.stringify(frame));
        await settle();
        return socket.take();
      },
    };
  };
  return {
    engine,
    journal,
    clock,
    gateway,
    liveSessions,
    presence,
    errors,
    waits,
    enact: async (next) => {
      law = next;
      await engine.review(1);
      await settle();
    },
    open,
    async hello(agentId, more = {}) {
      const opened = open();
      const frames = await opened.say({ op: 'hello', token: `agent:${agentId}`, device: 'test', ...more });
      return { ...opened, welcome: frames.find(({ op }) => op === 'welcome') ?? null };
    },
    [Symbol.dispose]() {
      gateway[Symbol.dispose]();
      presence[Symbol.dispose]();
      liveSessions[Symbol.dispose]();
    },
  };
}
