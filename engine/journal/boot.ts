/**
 * One run of the machine, from power to power. What a process wrote in it is in the system's memory until it ends,
 * whatever becomes of the process; what was not synced when it ends may be lost.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { promisify } from 'node:util';
import type { Clock } from '../clock.ts';

export interface Boot {
  /** As the system names it; '' where it doesn't. */
  readonly id: string;
  /** When it began, by the wall clock, epoch milliseconds. Moves when that clock is set. */
  readonly since: number;
}

/** By how much the beginning of one boot may differ, because clocks are set. Two boots begin further apart. */
const CLOCK_MS = 60_000;

export async function presentBoot(clock: Pick<Clock, 'now'>): Promise<Boot> {
  return { id: await bootId(), since: Math.round(clock.now() - uptime() * 1000) };
}

/** Linux and macOS give each boot a name; elsewhere, as on Windows, it is known by when it began. */
export function isSameBoot(one: Boot, other: Boot): boolean {
  return one.id === '' && other.id === ''
    ? Math.abs(one.since - other.since) < CLOCK_MS
    : one.id === other.id;
}

/** The present boot, as the system names it; '' where it doesn't. */
export async function bootId(): Promise<string> {
  const told = process.platform === 'darwin' ? askedOf('sysctl', ['-n', 'kern.bootsessionuuid']) : read();
  return (await told.catch(() => '')).trim();
}

function read(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8');
}

async function askedOf(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, [...args])).stdout;
}
