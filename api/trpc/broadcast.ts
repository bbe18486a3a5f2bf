import type { TrackedEnvelope } from '@trpc/server';

/**
 * A subscription whose events are equal for all who share its topic. Iterated, it serves one caller: what that one
 * missed or a snapshot, then every event. A transport that can send one text to many at once lets a caller that has
 * the newest event join the rest (channels.ts).
 */
export class Broadcast<Event> implements AsyncIterable<TrackedEnvelope<Event>> {
  readonly #topic: Topic<Event>;
  readonly #events: AsyncIterable<TrackedEnvelope<Event>>;

  constructor(topic: Topic<Event>, events: AsyncIterable<TrackedEnvelope<Event>>) {
    this.#topic = topic;
    this.#events = events;
  }

  /** Equal for those alone whose events are equal. */
  get topic(): string {
    return this.#topic.name;
  }

  /** Whether that is the id of the newest event: whoever has it gets what `listen` hears next. */
  isNewest(eventId: string): boolean {
    return this.#topic.newest() === eventId;
  }

  /** Hears every event from here on. Disposing ends it. */
  listen(hear: (event: TrackedEnvelope<Event>) => void): Disposable {
    return this.#topic.listen(hear);
  }

  /** Resolves when `stopped` aborts. @throws why, when the caller may not have it any longer. */
  whileAllowed(stopped: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        guarding[Symbol.dispose]();
        stopped.removeEventListener('abort', onStopped);
        settle();
      };
      const onStopped = () => end(resolve);
      const guarding = this.#topic.guard((why) => end(() => reject(why)));
      stopped.addEventListener('abort', onStopped);
      if (stopped.aborted) onStopped();
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<TrackedEnvelope<Event>> {
    return this.#events[Symbol.asyncIterator]();
  }
}

/** Where the events come from. */
export interface Topic<Event> {
  readonly name: string;
  /** Id of the newest event. */
  readonly newest: () => string;
  readonly listen: (hear: (event: TrackedEnvelope<Event>) => void) => Disposable;
  /**
   * Calls `onLost`, never before it has returned, when the caller may not have the events any longer. Iterating MUST
   * throw the same then. Disposing ends it.
   */
  readonly guard: (onLost: (why: Error) => void) => Disposable;
}
