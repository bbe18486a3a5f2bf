import { archivedUndelivered, type MessageArchive } from './archive.ts';
import type { Clock } from './clock.ts';
import type { Page, Received } from './documents/port.ts';
import type { Letter, Letters } from './letters.ts';
import { type Envelope, envelopeOf, hasExpired, type Mailbox } from './mailbox.ts';
import type { Member } from './member.ts';

export interface DeliveryOptions {
  readonly member: Member;
  readonly mailbox: Mailbox;
  readonly letters: Letters;
  readonly archive: MessageArchive;
  readonly clock: Clock;
  /** Whether the user is in no task at this moment. */
  readonly isFree: () => boolean;
  /** Hands a message over. `delivered` is to be called once it has arrived. */
  readonly take: (letter: Letter) => void;
  /** These have arrived. */
  readonly onDelivered: (messageIds: readonly string[]) => void;
  readonly onEnd: () => void;
}

/** So many are on their way at a time: a user who was away for long is not swamped, nor is the network. */
const ON_THE_WAY = 8;
const PAGE = 50;
const RETRY_MS = 5_000;

/**
 * Hands a user's messages to one of the user's connections: those that waited, oldest first, then each as it comes. One
 * that is held waits until the user is free (H3), one that has expired is left out. What has not arrived when the
 * connection ends is delivered to the next.
 */
export class Delivery implements Disposable {
  readonly #options: DeliveryOptions;
  #waiting: readonly Envelope[];
  readonly #onTheWay = new Set<string>();
  /** What was seen here while the documents are searched for older ones; null once they were. */
  #seen: Set<string> | null = null;
  #cursor: string | null = null;
  #isBusy = false;
  #retry: Disposable | null = null;
  #isOver = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    const { mailbox } = options;
    this.#waiting = mailbox.undelivered;
    if (mailbox.isPartial) this.#seen = new Set(mailbox.all.map(({ id }) => id));
    this.#go();
  }

  /** Another message was sent to this user. */
  add(envelope: Envelope): void {
    this.#seen?.add(envelope.id);
    this.#waiting = [...this.#waiting, envelope];
    this.#go();
  }

  /** What was held may be due. */
  look(): void {
    this.#go();
  }

  /** Those messages have arrived. */
  delivered(messageIds: readonly string[]): void {
    const arrived = messageIds.filter((id) => this.#onTheWay.delete(id));
    if (arrived.length === 0) return;
    this.#options.onDelivered(arrived);
    this.#go();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    // A search that is under way finds for nobody any more.
    if (this.#isBusy && this.#seen !== null) this.#options.mailbox.markPartial(true);
    this.#retry?.[Symbol.dispose]();
    this.#options.onEnd();
  }

  /** Hands over what may go now; whatever isn't at hand is fetched first, so that the order stays. */
  #go(): void {
    while (!this.#isOver && !this.#isBusy && this.#retry === null && this.#onTheWay.size < ON_THE_WAY) {
      const envelope = this.#next();
      if (envelope === null) {
        if (this.#seen !== null) void this.#while(() => this.#search());
        return;
      }
      const letter = this.#options.letters.atHand(envelope.id);
      if (letter === null) return void this.#while(() => this.#fetch(envelope));
      this.#hand(letter);
    }
  }

  #next(): Envelope | null {
    const { clock, isFree } = this.#options;
    const now = clock.now();
    this.#waiting = this.#waiting.filter((envelope) => !hasExpired(envelope, now));
    return this.#waiting.find(({ isHeld }) => !isHeld || isFree()) ?? null;
  }

  #hand(letter: Letter): void {
    this.#drop(letter.id);
    this.#onTheWay.add(letter.id);
    this.#options.take(letter);
  }

  #drop(messageId: string): void {
    this.#waiting = this.#waiting.filter(({ id }) => id !== messageId);
  }

  async #fetch(envelope: Envelope): Promise<void> {
    const { letters, mailbox } = this.#options;
    if ((await letters.fetch(envelope)) !== null) return;
    this.#drop(envelope.id);
    mailbox.forget(envelope.id);
  }

  /** A page of what waits in the documents alone. */
  async #search(): Promise<void> {
    const { letters, mailbox } = this.#options;
    // Unless there is something; or something is crowded out meanwhile.
    if (this.#cursor === null) mailbox.markPartial(false);
    const page = await this.#page().catch((error: unknown) => {
      mailbox.markPartial(true);
      throw error;
    });
    const found = page.rows.filter(({ message }) => this.#seen?.has(message.id) !== true);
    if (found.length > 0 || page.next !== null) mailbox.markPartial(true);
    this.#cursor = page.next;
    if (page.next === null) this.#seen = null;
    this.#waiting = [...this.#waiting, ...found.map(({ message }) => envelopeOf(letters.keep(message)))];
  }

  #page(): Promise<Page<Received>> {
    const { archive, clock, member } = this.#options;
    return archivedUndelivered(archive, {
      organisationId: member.organisationId,
      userId: member.id,
      since: member.createdAt,
      now: clock.now(),
      limit: PAGE,
      ...(this.#cursor !== null && { cursor: this.#cursor }),
    });
  }

  /** One thing at a time; when the documents don't answer, for whatever reason, again after a while. */
  async #while(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await work();
    } catch {
      if (!this.#isOver) this.#retry = this.#options.clock.after(RETRY_MS, () => this.#tryAgain());
    } finally {
      this.#isBusy = false;
    }
    this.#go();
  }

  #tryAgain(): void {
    this.#retry = null;
    this.#go();
  }
}
