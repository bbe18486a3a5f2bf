import { WebSocket } from 'ws';
import { AgentSocket, type AgentSocketOptions } from '../../clients/sdk/agent-socket.ts';
import type { AgentSocketState } from '../../clients/sdk/agent-state.ts';
import type { ScriptedServer } from './scripted-server.ts';

export interface AgentClient {
  readonly socket: AgentSocket;
  /** Resolves when the state is so. */
  until(test: (state: AgentSocketState) => boolean): Promise<AgentSocketState>;
}

export const isLive = ({ connection }: AgentSocketState): boolean => connection === 'live';
export const isStopped = ({ connection }: AgentSocketState): boolean => connection === 'stopped';

/** Clients of a scripted server, which come back at once. Disposing stops them all. */
export class AgentClients implements Disposable {
  readonly #server: ScriptedServer;
  readonly #sockets: AgentSocket[] = [];

  constructor(server: ScriptedServer) {
    this.#server = server;
  }

  connect(more: Partial<AgentSocketOptions> = {}): AgentClient {
    const waiting = new Set<() => void>();
    const socket = new AgentSocket({
      url: this.#server.url,
      token: () => 'T',
      device: 'test',
      WebSocket,
      random: () => 0,
      ...more,
      onChange: (state) => {
        more.onChange?.(state);
        for (const wake of waiting) wake();
      },
    });
    this.#sockets.push(socket);
    return {
      socket,
      until: (isSo) =>
        new Promise((resolve) => {
          const wake = () => {
            if (!isSo(socket.state)) return;
            waiting.delete(wake);
            resolve(socket.state);
          };
          waiting.add(wake);
          wake();
        }),
    };
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.stop();
  }
}
