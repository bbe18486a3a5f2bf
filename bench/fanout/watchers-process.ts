/** The load: a thousand watchers in a process, so that nothing of what they cost is the server's. */
import type { Socket } from 'node:net';
import { answer } from '../answering.ts';
import { openWatcher } from './watcher-socket.ts';
import type { Opening } from './watchers.ts';

/** Connections that are opened at the same time: fewer than a server lets wait. */
const WAVE = 50;
const LONGEST_MS = 30_000;

const sockets: Socket[] = [];
const got = { tiles: 0, bytes: 0 };
let wake: (() => void) | null = null;

async function open({ port, path, framesOf, count }: Opening): Promise<void> {
  for (let opened = 0; opened < count; opened += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, count - opened) }, (_, index) =>
      openWatcher({
        port,
        path,
        frames: framesOf[(opened + index) % framesOf.length] ?? [],
        onTiles: (tiles, bytes) => {
          got.tiles += tiles;
          got.bytes += bytes;
          wake?.();
        },
      }),
    );
    sockets.push(...(await Promise.all(wave)));
  }
}

/** Resolves when the watchers together have got so many tiles since the last `reset`. */
function heard(wanted: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${got.tiles} of ${wanted} tiles came within ${LONGEST_MS} ms`)),
      LONGEST_MS,
    );
    wake = () => {
      if (got.tiles < wanted) return;
      clearTimeout(late);
      wake = null;
      if (got.tiles === wanted) resolve();
      else reject(new Error(`${got.tiles} tiles came where ${wanted} were sent`));
    };
    wake();
  });
}

/** Begins to count anew; answers what was counted. */
function reset(): { readonly tiles: number; readonly bytes: number } {
  const before = { ...got };
  Object.assign(got, { tiles: 0, bytes: 0 });
  return before;
}

async function close(): Promise<void> {
  const closed = sockets
    .splice(0)
    .map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy()));
  await Promise.all(closed);
}

answer({ open, heard, reset, close });
