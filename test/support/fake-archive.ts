import type { MessageArchive } from '../../engine/archive.ts';
import type { InboxQuery, Page, Received } from '../../engine/documents/port.ts';
import type { MessageDocument, ReceiptChange, ReceiptDocument } from '../../engine/documents/shapes.ts';
import type { Journal } from '../../engine/journal/port.ts';
import { TargetUnavailable } from '../../engine/projection.ts';
import { notesOf } from './post.ts';

/** Documents in memory that are away, or lag, as they are told. */
export class FakeArchive implements MessageArchive {
  isAway = false;
  /** They take in nothing but what `project` has them take in. */
  isSlow = false;
  /** How often they were asked for what is undelivered. */
  searches = 0;
  readonly #journal: Journal;
  #messages: readonly MessageDocument[] = [];
  #steps: readonly ReceiptChange[] = [];
  #notes = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  readonly documents = {
    message: async (organisationId: number, id: string) => {
      this.#answer();
      const isIt = (message: MessageDocument) =>
        message.id === id && message.organisationId === organisationId;
      return this.#messages.find(isIt) ?? null;
    },
    inbox: async (query: InboxQuery) => this.#inbox(query),
  };

  async caughtUp(): Promise<boolean> {
    if (this.isAway) return false;
    const { length } = await notesOf(this.#journal);
    if (!this.isSlow) await this.project();
    return this.#notes >= length;
  }

  /** Takes in what was journalled so far. */
  async project(): Promise<void> {
    const notes = await notesOf(this.#journal);
    this.#messages = notes.flatMap((note) => (note.kind === 'message' ? [note.message] : []));
    this.#steps = notes.flatMap((note) => (note.kind === 'receipt' ? [note.receipt] : []));
    this.#notes = notes.length;
  }

  #inbox({ organisationId, userId, since, now, limit, cursor }: InboxQuery): Page<Received> {
    this.#answer();
    this.searches += 1;
    const undelivered = this.#messages
      .filter(
        (message) =>
          message.organisationId === organisationId &&
          (message.recipientIds?.includes(userId) ??
            (message.createdAt >= since && message.senderId !== userId)) &&
          (message.expiresAt === null || message.expiresAt > now),
      )
      .map((message) => ({ message, receipt: this.#receipt(message, userId) }))
      .filter(({ receipt }) => receipt.deliveredAt === null && receipt.readAt === null)
      .toReversed();
    // Places change as messages are delivered: the page goes on behind the last message of the one before.
    const from = cursor === undefined ? 0 : this.#placeBehind(undelivered, cursor);
    const rows = undelivered.slice(from, from + limit);
    return { rows, next: undelivered.length > from + limit ? (rows.at(-1)?.message.id ?? null) : null };
  }

  #placeBehind(found: readonly Received[], id: string): number {
    const order = this.#messages.findIndex((message) => message.id === id);
    const next = found.findIndex(({ message }) => this.#messages.indexOf(message) < order);
    return next === -1 ? found.length : next;
  }

  #receipt({ id: messageId, createdAt: sentAt }: MessageDocument, recipientId: number): ReceiptDocument {
    const at = (step: ReceiptChange['step']) =>
      this.#steps.find(
        (each) => each.messageId === messageId && each.recipientId === recipientId && each.step === step,
      )?.at ?? null;
    return {
      messageId,
      recipientId,
      sentAt,
      deliveredAt: at('delivered'),
      readAt: at('read'),
      acknowledgedAt: at('acknowledged'),
    };
  }

  #answer(): void {
    if (this.isAway) throw new TargetUnavailable('the documents are away');
  }
}
