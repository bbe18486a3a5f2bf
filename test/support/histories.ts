/** What happened to agents, as a real engine journalled it, to be projected. */
import { apply } from '../../engine/agent.ts';
import type { Documents } from '../../engine/documents/port.ts';
import type { HistoryEntry, SessionDocument, StatusDocument } from '../../engine/documents/shapes.ts';
import { decodeEvents } from '../../engine/entries.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { CommittedBatch, Journal } from '../../engine/journal/port.ts';
import type { Entry, Projection } from '../../engine/projection.ts';
import { type AgentRecord, newcomer } from '../../engine/record.ts';
import { read } from './batches.ts';
import { Deeds } from './deeds.ts';
import { member, startEngine } from './engines.ts';
import { FakeClock } from './fake-clock.ts';

export interface Cast {
  readonly clock: FakeClock;
  /** In the order of the ids. */
  readonly agents: readonly Deeds[];
}

export class History {
  readonly epoch: string;
  readonly batches: readonly CommittedBatch[];

  constructor(epoch: string, batches: readonly CommittedBatch[]) {
    this.epoch = epoch;
    this.batches = batches;
  }

  static async of(journal: Journal): Promise<History> {
    return new History(journal.epoch, await read(journal));
  }

  /** What an engine journals while these agents live. */
  static async lived(
    ids: readonly number[],
    { organisationId, live }: { organisationId: number; live: (cast: Cast) => Promise<void> },
  ): Promise<History> {
    const journal = new MemoryJournal();
    const clock = new FakeClock();
    const members = ids.map((id) => member(id, { organisationId }));
    const { engine } = await startEngine({ journal, clock, members });
    await live({ clock, agents: ids.map((id) => new Deeds(engine, id)) });
    const history = await History.of(journal);
    await engine[Symbol.asyncDispose]();
    return history;
  }

  get head(): number {
    return this.batches.at(-1)?.offset ?? 0;
  }

  get events(): readonly AgentEvent[] {
    return this.batches.flatMap(({ events }) => decodeEvents(events));
  }

  eventsOf(agent: number): readonly AgentEvent[] {
    return this.events.filter((event) => event.agent === agent);
  }

  /** The stretch of those batches, counted as an array counts. */
  projection(from = 0, to = this.batches.length): Projection {
    const batches = this.batches.slice(from, to);
    const after = this.batches[from - 1]?.offset ?? 0;
    const entries = batches.flatMap(({ offset, events }) =>
      decodeEvents(events).map((event): Entry => ({ offset, kind: 'event', event })),
    );
    return { epoch: this.epoch, after, upTo: batches.at(-1)?.offset ?? after, entries };
  }

  /** What the events up to that seq make of an agent. */
  recordAt(agent: number, seq = Infinity): AgentRecord | null {
    return this.eventsOf(agent)
      .filter((event) => event.seq <= seq)
      .reduce<AgentRecord | null>((record, event) => {
        const { member: first } = event.set;
        const before = record ?? (first === undefined ? null : newcomer(first));
        return before === null ? null : apply(before, event);
      }, null);
  }
}

export const ALL_TIME = { from: 0, to: Date.UTC(2100, 0, 1), limit: 100_000 };

/** Everything that documents say of an agent. */
export interface Told {
  readonly status: StatusDocument | null;
  readonly version: number;
  readonly timeline: readonly HistoryEntry[];
  readonly sessions: readonly SessionDocument[];
}

export async function toldOf(documents: Documents, organisationId: number, agentId: number): Promise<Told> {
  const agent = { organisationId, agentId };
  return {
    status: await documents.status(agent),
    version: await documents.latestVersion(agent),
    timeline: (await documents.timeline(agent, ALL_TIME)).rows,
    sessions: (await documents.sessions(agent, ALL_TIME)).rows,
  };
}

export function allTold(
  documents: Documents,
  organisationId: number,
  agentIds: readonly number[],
): Promise<readonly Told[]> {
  return Promise.all(agentIds.map((agentId) => toldOf(documents, organisationId, agentId)));
}
