/**
 * Who has yet to get which message, as the journal tells: folded from its notes, at the start and ever after.
 *
 * Memory is bounded: the newest few of each user, and of each organisation the newest that were sent to all. What was
 * sent to all is kept once, and put into a user's mailbox when that user comes up. A mailbox in which nothing waits is
 * put away when nobody needs it; one in which something waits stays, so that it comes also while the documents are away.
 */
import type { MessageDocument } from './documents/shapes.ts';
import type { Note } from './entries.ts';
import { type Envelope, envelopeOf, hasExpired, Mailbox } from './mailbox.ts';
import type { Member } from './member.ts';
import { Round } from './round.ts';

export interface MailboxesOptions {
  /** A user as known today; null for nobody. */
  readonly memberOf: (userId: number) => Member | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface ToAll {
  readonly envelope: Envelope;
  readonly senderId: number | null;
  /** Its number among all that were sent to all. */
  readonly number: number;
}

interface Kept {
  readonly mailbox: Mailbox;
  /** Number of the last message to all that was looked at for this user. */
  heardUpTo: number;
}

const MAX_TO_ALL = 64;

export class Mailboxes {
  readonly #options: MailboxesOptions;
  readonly #kept = new Map<number, Kept>();
  readonly #round = new Round(this.#kept);
  /** How far those have heard whose mailbox was put away, where that is not 0. */
  readonly #heard = new Map<number, number>();
  /** By organisation; the newest, oldest first. */
  readonly #toAll = new Map<number, readonly ToAll[]>();
  /** Number of the last one of each organisation that is not kept any more. */
  readonly #droppedUpTo = new Map<number, number>();
  #numbered = 0;
  /** Whether the log was read from its beginning: else older messages may wait in the documents. */
  #isWhole = true;

  constructor(options: MailboxesOptions) {
    this.#options = options;
  }

  /** The log is read from later than its beginning. Nothing was folded in yet. */
  beginLate(): void {
    this.#isWhole = false;
  }

  /** Takes in what was written down. */
  fold(note: Note): void {
    switch (note.kind) {
      case 'message':
        return this.#sent(note.message);
      case 'receipt':
        return this.of(note.receipt.recipientId).step(note.receipt.messageId, note.receipt.step);
      case 'activity':
        return;
    }
  }

  /** A user's mailbox, with what was sent to all meanwhile. */
  of(userId: number): Mailbox {
    const { memberOf } = this.#options;
    const kept = this.#kept.get(userId) ?? this.#begin(userId);
    const member = memberOf(userId);
    if (member !== null && kept.heardUpTo < this.#numbered) this.#hear(kept, member);
    return kept.mailbox;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Puts away what nobody needs of so many, and goes on there the next time. */
  tend(count: number, isNeeded: (userId: number) => boolean): void {
    for (const [userId, { mailbox, heardUpTo }] of this.#round.next(count)) {
      if (isNeeded(userId)) continue;
      mailbox.dropExpired(this.#options.now());
      // It is begun anew as it is now; unless the documents have something that was crowded out.
      const isAsBegun = mailbox.all.length === 0 && (!mailbox.isPartial || !this.#isWhole);
      if (!isAsBegun) continue;
      this.#kept.delete(userId);
      if (heardUpTo > 0) this.#heard.set(userId, heardUpTo);
    }
  }

  #begin(userId: number): Kept {
    const kept = { mailbox: new Mailbox(!this.#isWhole), heardUpTo: this.#heard.get(userId) ?? 0 };
    this.#heard.delete(userId);
    this.#kept.set(userId, kept);
    return kept;
  }

  #sent(message: MessageDocument): void {
    const envelope = envelopeOf(message);
    if (hasExpired(envelope, this.#options.now())) return;
    if (message.recipientIds === null) this.#sentToAll(envelope, message.senderId);
    else for (const recipientId of message.recipientIds) this.of(recipientId).put(envelope);
  }

  #sentToAll(envelope: Envelope, senderId: number | null): void {
    const { organisationId } = envelope;
    const now = this.#options.now();
    const standing = (this.#toAll.get(organisationId) ?? []).filter(
      (each) => !hasExpired(each.envelope, now),
    );
    const all = [...standing, { envelope, senderId, number: ++this.#numbered }];
    const dropped = all.slice(0, -MAX_TO_ALL).at(-1);
    if (dropped !== undefined) this.#droppedUpTo.set(organisationId, dropped.number);
    this.#toAll.set(organisationId, all.slice(-MAX_TO_ALL));
  }

  #hear(kept: Kept, { id, organisationId, createdAt }: Member): void {
    const { heardUpTo, mailbox } = kept;
    kept.heardUpTo = this.#numbered;
    if (heardUpTo < (this.#droppedUpTo.get(organisationId) ?? 0)) mailbox.markPartial(true);
    const now = this.#options.now();
    for (const { envelope, senderId, number } of this.#toAll.get(organisationId) ?? []) {
      const isTheirs = createdAt <= envelope.createdAt && senderId !== id;
      if (number > heardUpTo && isTheirs && !hasExpired(envelope, now)) mailbox.put(envelope);
    }
  }
}
