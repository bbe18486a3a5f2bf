import { decodeEvents } from '../../engine/entries.ts';
import type { AgentEvent } from '../../engine/events.ts';
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Member } from '../../engine/member.ts';
import { read } from './batches.ts';
import { Deeds } from './deeds.ts';
import { startEngine } from './engines.ts';
import { FakeClock } from './fake-clock.ts';

/** A journal that does as it is told. */
export interface Told {
  delayMs: number;
  isFailing: boolean;
}

export interface Started {
  readonly clock: FakeClock;
  readonly journal: MemoryJournal;
  readonly told: Told;
  readonly engine: Engine;
  /** Agent 1, who is logged in with the session s1. */
  readonly agent: Deeds;
}

export async function startTold(options: { readonly members?: readonly Member[] } = {}): Promise<Started> {
  const clock = new FakeClock();
  const told: Told = { delayMs: 0, isFailing: false };
  const journal = new MemoryJournal({
    delay: () => passing(clock, told.delayMs),
    fails: () => told.isFailing,
  });
  const { engine } = await startEngine({ clock, journal, ...options });
  const agent = new Deeds(engine, 1);
  await agent.opens('s1');
  return { clock, journal, told, engine, agent };
}

export async function eventsOf(journal: MemoryJournal): Promise<readonly AgentEvent[]> {
  return (await read(journal)).flatMap(({ events }) => decodeEvents(events));
}

async function passing(clock: FakeClock, delayMs: number): Promise<void> {
  if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
}
