/**
 * Messages: sent, delivered, read, acknowledged (SPEC H). Each step is a note in the journal, in the partition of whoever
 * took it, and true once it is there; the documents follow, and are asked only for what memory doesn't keep.
 */
import { randomUUID } from 'node:crypto';
import type { Answer } from './answers.ts';
import { archivedMessage, isPassing, type MessageArchive } from './archive.ts';
import type { Clock } from './clock.ts';
import { Delivery } from './delivery.ts';
import type { MessageDocument, ReceiptChange } from './documents/shapes.ts';
import type { Note } from './entries.ts';
import { type Refusal, refuse } from './errors.ts';
import type { CommandId } from './inputs.ts';
import { type Letter, Letters } from './letters.ts';
import { type Envelope, envelopeOf } from './mailbox.ts';
import { Mailboxes } from './mailboxes.ts';
import type { Member } from './member.ts';
import type { People } from './people.ts';
import type { NoteRequest, Write } from './requests.ts';
import { messageOf, type Sending } from './sending.ts';

export interface MessagesOptions {
  readonly clock: Clock;
  readonly people: People;
  readonly archive: MessageArchive;
  readonly isFree: (userId: number) => boolean;
  /** Nothing need be kept of the user beside the record. */
  readonly isGone: (userId: number) => boolean;
  readonly dispatch: (userId: number, request: NoteRequest) => Promise<Answer>;
  /** Writes news of the engine's own, which nobody waits for. */
  readonly note: (userId: number, write: Write) => void;
}

/** So many are looked at each second. */
const TENDED = 1024;

/** A message that somebody is not done with. */
export interface Kept {
  readonly letter: Letter;
  /** Then it is urgent, and not acknowledged. */
  readonly isRead: boolean;
}

/** Hears of each step that a user takes with a message. */
export type StepListener = (receipt: ReceiptChange) => void;

export class Messages implements Disposable {
  readonly #options: MessagesOptions;
  readonly #mailboxes: Mailboxes;
  readonly #letters: Letters;
  readonly #tending: Disposable;
  readonly #deliveries = new Map<number, Set<Delivery>>();
  readonly #listeners = new Map<number, Set<StepListener>>();

  constructor(options: MessagesOptions) {
    this.#options = options;
    const { clock, people, archive } = options;
    this.#letters = new Letters(archive);
    this.#mailboxes = new Mailboxes({
      memberOf: (userId) => people.memberOf(userId),
      now: () => clock.now(),
    });
    const isNeeded = (userId: number) => this.#deliveries.has(userId) || !options.isGone(userId);
    this.#tending = clock.every(1000, () => this.#mailboxes.tend(TENDED, isNeeded));
  }

  /** Resolves once the message is durable (`sent` names it), or refused. */
  send(senderId: number, sending: Sending, command: CommandId): Promise<Answer> {
    const { people, dispatch } = this.#options;
    const write: Write = (now) => {
      const sender = people.memberOf(senderId);
      if (sender === null) return refuse('NOT_FOUND', `there is no user ${senderId}`);
      const message = messageOf(sending, { sender, people, id: randomUUID(), now });
      return 'code' in message ? message : [{ kind: 'message', message, command }];
    };
    return dispatch(senderId, { write, command });
  }

  /**
   * A user has read messages of theirs. Resolves once it is durable, or refused: then none counts as read.
   * @throws what the documents throw when they are there and don't answer
   */
  async read(userId: number, messageIds: readonly string[], command?: CommandId): Promise<Answer> {
    const found = await this.#lookUp(userId, messageIds);
    return this.#step(userId, { found, step: 'read', command });
  }

  /** A user has taken note of an urgent message, and so has read it. @throws as `read` */
  async acknowledge(userId: number, messageId: string, command?: CommandId): Promise<Answer> {
    const found = await this.#lookUp(userId, [messageId]);
    const isUrgent = 'code' in found || found.every((envelope) => envelope.isUrgent);
    const refusal = refuse('VALIDATION', 'only what is urgent is acknowledged');
    return this.#step(userId, { found: isUrgent ? found : refusal, step: 'acknowledged', command });
  }

  /**
   * A connection of a user that messages can be delivered to. `take` is handed each, in order; what has arrived is to be
   * told with `delivered`. Disposing ends it.
   * @throws RangeError for nobody
   */
  attach(userId: number, take: (letter: Letter) => void): Delivery {
    const { clock, archive, isFree, people } = this.#options;
    const member = people.memberOf(userId);
    if (member === null) throw new RangeError(`there is no user ${userId}`);
    const { id } = member;
    const deliveries = this.#deliveries.get(id) ?? new Set();
    this.#deliveries.set(id, deliveries);
    const delivery = new Delivery({
      member,
      mailbox: this.#mailboxes.of(id),
      letters: this.#letters,
      archive,
      clock,
      isFree: () => isFree(id),
      take,
      onDelivered: (messageIds) => this.#arrived(id, messageIds),
      onEnd: () => {
        deliveries.delete(delivery);
        if (deliveries.size === 0 && this.#deliveries.get(id) === deliveries) this.#deliveries.delete(id);
      },
    });
    deliveries.add(delivery);
    return delivery;
  }

  /** Hears of each step that a user takes. Disposing ends it. */
  listen(userId: number, listener: StepListener): Disposable {
    const listeners = this.#listeners.get(userId) ?? new Set();
    this.#listeners.set(userId, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(userId);
      },
    };
  }

  /** The newest that a user is not done with: as the journal has it, whatever the documents say. */
  kept(userId: number): readonly Kept[] {
    const mailbox = this.#mailboxes.of(userId);
    return mailbox.all.flatMap(({ id }) => {
      const letter = this.#letters.atHand(id);
      return letter === null ? [] : [{ letter, isRead: mailbox.stageOf(id) === 'read' }];
    });
  }

  /** The log is read from later than its beginning: what went before has to be asked of the documents. */
  beginLate(): void {
    this.#mailboxes.beginLate();
  }

  /** Takes in what was written down, at the start. */
  restore(notes: readonly Note[]): void {
    for (const note of notes) {
      if (note.kind === 'message') this.#letters.keep(note.message);
      this.#mailboxes.fold(note);
    }
  }

  /** Takes in what was written down just now, and delivers it. */
  publish(notes: readonly Note[]): void {
    this.restore(notes);
    for (const note of notes) {
      if (note.kind === 'message') this.#deliver(note.message);
      if (note.kind === 'receipt')
        for (const listener of this.#listeners.get(note.receipt.recipientId) ?? []) listener(note.receipt);
    }
  }

  /** How many mailboxes are kept. */
  get size(): number {
    return this.#mailboxes.size;
  }

  /** A user is in no task any more: what was held is due. */
  freed(userId: number): void {
    for (const delivery of this.#deliveries.get(userId) ?? []) delivery.look();
  }

  [Symbol.dispose](): void {
    this.#tending[Symbol.dispose]();
    for (const deliveries of this.#deliveries.values())
      for (const delivery of deliveries) delivery[Symbol.dispose]();
  }

  #deliver(message: MessageDocument): void {
    const { people } = this.#options;
    const envelope = envelopeOf(message);
    const isForAll = message.recipientIds === null;
    for (const userId of message.recipientIds ?? this.#deliveries.keys()) {
      if (isForAll && !isSentTo(message, people.memberOf(userId))) continue;
      for (const delivery of this.#deliveries.get(userId) ?? []) delivery.add(envelope);
    }
  }

  /** What one connection has got is delivered, whichever of the user's it is. */
  #arrived(userId: number, messageIds: readonly string[]): void {
    this.#options.note(userId, (at) => this.#receipts(userId, messageIds, { step: 'delivered', at }));
  }

  #step(userId: number, { found, step, command }: Stepping): Promise<Answer> {
    const write: Write = (at) =>
      'code' in found
        ? found
        : this.#receipts(
            userId,
            found.map(({ id }) => id),
            { step, at, command },
          );
    return this.#options.dispatch(userId, { write, ...(command && { command }) });
  }

  /** Of the steps that are not taken yet. */
  #receipts(
    recipientId: number,
    messageIds: readonly string[],
    { step, at, command }: Pick<Stepping, 'step'> & { at: number; command?: CommandId | undefined },
  ): readonly Note[] {
    const mailbox = this.#mailboxes.of(recipientId);
    return messageIds.flatMap((messageId) =>
      mailbox.stepsTo(step, messageId).map((taken): Note => ({
        kind: 'receipt',
        receipt: { messageId, recipientId, step: taken, at },
        ...(command && { command }),
      })),
    );
  }

  /** Messages that a user was sent. Those that are not kept are looked for in the documents. */
  async #lookUp(userId: number, messageIds: readonly string[]): Promise<readonly Envelope[] | Refusal> {
    const found: Envelope[] = [];
    for (const id of new Set(messageIds)) {
      const envelope = this.#mailboxes.of(userId).find(id) ?? (await this.#archived(userId, id));
      if ('code' in envelope) return envelope;
      found.push(envelope);
    }
    return found;
  }

  async #archived(userId: number, messageId: string): Promise<Envelope | Refusal> {
    const { archive, people } = this.#options;
    const member = people.memberOf(userId);
    try {
      const message =
        member === null ? null : await archivedMessage(archive, member.organisationId, messageId);
      if (message !== null && isSentTo(message, member)) return envelopeOf(message);
      return refuse('NOT_FOUND', `there is no message ${messageId}`);
    } catch (error) {
      if (!isPassing(error)) throw error;
      return refuse('UNAVAILABLE', 'the message can not be looked up now');
    }
  }
}

/** A step with messages of a user, or why they can't be found. */
interface Stepping {
  readonly found: readonly Envelope[] | Refusal;
  readonly step: ReceiptChange['step'];
  readonly command: CommandId | undefined;
}

/** Whether a message is for that user (H1). */
function isSentTo({ recipientIds, ...message }: MessageDocument, member: Member | null): boolean {
  if (member === null || message.organisationId !== member.organisationId) return false;
  if (recipientIds !== null) return recipientIds.includes(member.id);
  return message.senderId !== member.id && member.createdAt <= message.createdAt;
}
