/**
 * Loaded into a server's process before anything else: its wall clock (Date) goes wrong by as many milliseconds as the
 * file says that ROLLCALL_WALL_CLOCK names. Timers and performance.now, which count and never jump, are left as they
 * are: so it is when somebody sets a machine's clock.
 */
import { readFileSync } from 'node:fs';

const LOOK_MS = 20;

const path = process.env['ROLLCALL_WALL_CLOCK'] ?? '';
const RealDate = Date;
let shiftMs = Number(readFileSync(path, 'utf8'));
setInterval(() => (shiftMs = Number(readFileSync(path, 'utf8'))), LOOK_MS).unref();

const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  get: (date, name) => (name === 'now' ? now : (Reflect.get(date, name) as unknown)),
  construct: (date, values, asked) =>
    Reflect.construct(date, values.length === 0 ? [now()] : values, asked) as object,
  // Called without `new`, it is text.
  apply: () => new RealDate(now()).toString(),
});
