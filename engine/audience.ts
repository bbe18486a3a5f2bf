import { type MessageArchive, NO_ARCHIVE } from './archive.ts';
import { Availability } from './availability.ts';
import type { Clock } from './clock.ts';
import type { Freezes } from './freezes.ts';
import type { Journal, Offset } from './journal/port.ts';
import { Listeners } from './listeners.ts';
import { Messages } from './messages.ts';
import type { Contents } from './partition.ts';
import { Places } from './places.ts';
import type { Population } from './population.ts';
import type { AgentRecord } from './record.ts';
import { visit } from './review.ts';
import { Summaries } from './summaries.ts';
import { Topics } from './topics.ts';

export interface AudienceOptions {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'epoch'>;
  readonly population: Population;
  readonly freezes: Freezes;
  readonly archive?: MessageArchive;
  /** How long changes gather before they are shown, milliseconds. */
  readonly tickMs?: number;
}

/** All who are told what was committed, and nothing else. */
export class Audience implements Disposable {
  readonly topics: Topics;
  readonly summaries: Summaries;
  readonly availability: Availability;
  readonly messages: Messages;
  readonly listeners = new Listeners();
  readonly #population: Population;
  readonly #freezes: Freezes;

  constructor(options: AudienceOptions) {
    const { clock, journal, population, freezes, archive = NO_ARCHIVE, tickMs = 20 } = options;
    this.#population = population;
    this.#freezes = freezes;
    const places = new Places();
    this.topics = new Topics({ clock, epoch: journal.epoch, tickMs, places, population });
    const incident = (organisationId: number) => freezes.incident(organisationId);
    this.summaries = new Summaries({ clock, tickMs, places, people: population, incident });
    freezes.listen((organisationId) => this.summaries.incidentChanged(organisationId));
    this.availability = new Availability({ clock, places, population });
    this.messages = new Messages({
      clock,
      people: population,
      archive,
      isFree: (userId) => (population.record(userId)?.current ?? 0) === 0,
      isGone: (userId) => population.isGone(userId, clock.now()),
      dispatch: (userId, request) => population.of(userId).dispatch(userId, request),
      note: (userId, write) => population.of(userId).note(userId, write),
    });
  }

  /** The log was read up to there: everybody is shown as it left them. */
  begin(offset: Offset): void {
    this.topics.begin(offset);
    for (const whereabouts of this.#population.absent()) this.summaries.addAbsent(whereabouts);
    this.summaries.begin(this.#population);
    this.#freezes.begin(this.#population.connected());
  }

  /** All of a batch is on the boards before anybody hears of it: a cursor never names half a batch. */
  show({ committed, notes }: Contents, offset: Offset): void {
    for (const { before, record } of committed) {
      this.topics.publish(before, record, offset);
      this.#count(before, record);
    }
    for (const change of committed)
      if (this.#freezes.observe(change)) void this.#freeze(change.event.organisation);
    for (const change of committed) this.listeners.tell(change);
    this.messages.publish(notes);
    for (const { event } of committed) if (event.set.current === 0) this.messages.freed(event.agent);
  }

  [Symbol.dispose](): void {
    this.topics[Symbol.dispose]();
    this.summaries[Symbol.dispose]();
    this.messages[Symbol.dispose]();
    this.#freezes[Symbol.dispose]();
  }

  /**
   * Timers stand still: whoever is away has longer to come back. All who are here are asked: the loss of some may be on
   * its way to disk. Who goes from here on has it in that very event.
   */
  async #freeze(organisationId: number): Promise<void> {
    for await (const { partition, agentIds } of visit(this.#population, organisationId))
      if (partition.isOwned) for (const agentId of agentIds) partition.tell(agentId, { type: 'freeze' });
  }

  #count(before: AgentRecord, record: AgentRecord): void {
    this.summaries.publish(before, record);
    this.availability.publish(before, record);
  }
}
