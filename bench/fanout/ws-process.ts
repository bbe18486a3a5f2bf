/** A peer: `ws` at its defaults. What is sent is written once, and sent to each socket. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answer } from '../answering.ts';
import { frame } from './payload.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
await once(server, 'listening');
let seq = 0;

answer({
  port: () => (server.address() as AddressInfo).port,
  publish: (changes: number) => {
    for (let sent = 0; sent < changes; sent++) {
      const text = frame(seq++);
      for (const client of server.clients) client.send(text);
    }
  },
});
