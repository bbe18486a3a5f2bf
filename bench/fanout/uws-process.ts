/** A peer: uWebSockets.js at its defaults. What is sent is written once, and published natively. */
import uWS from 'uWebSockets.js';
import { answer } from '../answering.ts';
import { frame } from './payload.ts';

const TOPIC = 'board';
const app = uWS.App();
app.ws('/*', { open: (socket) => void socket.subscribe(TOPIC) });
const port = await new Promise<number>((resolve) => {
  app.listen('127.0.0.1', 0, (socket) => resolve(socket ? uWS.us_socket_local_port(socket) : 0));
});
let seq = 0;

answer({
  port: () => port,
  publish: (changes: number) => {
    for (let sent = 0; sent < changes; sent++) app.publish(TOPIC, frame(seq++));
  },
});
