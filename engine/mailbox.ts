import { type MessageDocument, RECEIPT_STEPS, type ReceiptChange } from './documents/shapes.ts';

/** What of a message is kept in memory for whoever has yet to get it or to read it: not what it says. */
export interface Envelope {
  readonly id: string;
  readonly organisationId: number;
  readonly isUrgent: boolean;
  /** Whether it waits until the recipient is free (H3). */
  readonly isHeld: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** From then on nobody is shown it; null for never. */
  readonly expiresAt: number | null;
}

type Enveloped = Omit<MessageDocument, 'recipientIds'>;

export function envelopeOf(message: Enveloped): Envelope {
  const { id, organisationId, priority, holdUntilFree, createdAt, expiresAt } = message;
  const isUrgent = priority === 'urgent';
  return { id, organisationId, isUrgent, isHeld: holdUntilFree && !isUrgent, createdAt, expiresAt };
}

export function hasExpired({ expiresAt }: Pick<Envelope, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** How far a recipient is with a message that is not done with. */
export type Stage = 'sent' | 'delivered' | 'read';

/** So many are kept of each stage; older ones are in the documents alone. */
const MOST = { sent: 64, delivered: 32, read: 32 } as const satisfies Record<Stage, number>;
const STAGES = ['sent', 'delivered', 'read'] as const satisfies Stage[];

/**
 * The newest messages that one user has yet to get, to read or, where urgent, to acknowledge. What is done with is not
 * kept.
 */
export class Mailbox {
  /** Oldest first. */
  readonly #at: Record<Stage, readonly Envelope[]> = { sent: [], delivered: [], read: [] };
  #isPartial: boolean;

  constructor(isPartial: boolean) {
    this.#isPartial = isPartial;
  }

  /** Whether the documents may hold messages that this user has yet to get, and that are not kept here. */
  get isPartial(): boolean {
    return this.#isPartial;
  }

  markPartial(isPartial: boolean): void {
    this.#isPartial = isPartial;
  }

  /** What has yet to be delivered, oldest first. */
  get undelivered(): readonly Envelope[] {
    return this.#at.sent;
  }

  get all(): readonly Envelope[] {
    return [...this.#at.sent, ...this.#at.delivered, ...this.#at.read];
  }

  /** A message was sent to this user. */
  put(envelope: Envelope): void {
    if (this.#at.sent.length === MOST.sent) this.#isPartial = true;
    this.#keep(envelope, 'sent');
  }

  /** The user went a step further with a message. */
  step(messageId: string, step: ReceiptChange['step']): void {
    const envelope = this.find(messageId);
    if (envelope === null || this.stepsTo(step, messageId).length === 0) return;
    this.forget(messageId);
    if (step === 'delivered' || (step === 'read' && envelope.isUrgent)) this.#keep(envelope, step);
  }

  /** One that is kept here. */
  find(messageId: string): Envelope | null {
    return this.all.find(({ id }) => id === messageId) ?? null;
  }

  /** Null for one that is not kept here. */
  stageOf(messageId: string): Stage | null {
    return STAGES.find((stage) => this.#at[stage].some(({ id }) => id === messageId)) ?? null;
  }

  /** The steps that lead to that one and are not taken yet; of a message that is not kept here, all of them. */
  stepsTo(step: ReceiptChange['step'], messageId: string): readonly ReceiptChange['step'][] {
    const stage = this.stageOf(messageId);
    const taken = stage === null || stage === 'sent' ? 0 : RECEIPT_STEPS.indexOf(stage) + 1;
    return RECEIPT_STEPS.slice(taken, RECEIPT_STEPS.indexOf(step) + 1);
  }

  /** Nobody is shown them any more. */
  dropExpired(now: number): void {
    for (const stage of STAGES) {
      const standing = this.#at[stage].filter((envelope) => !hasExpired(envelope, now));
      if (standing.length < this.#at[stage].length) this.#at[stage] = standing;
    }
  }

  forget(messageId: string): void {
    for (const stage of STAGES) this.#at[stage] = this.#at[stage].filter(({ id }) => id !== messageId);
  }

  #keep(envelope: Envelope, stage: Stage): void {
    this.#at[stage] = [...this.#at[stage], envelope].slice(-MOST[stage]);
  }
}
