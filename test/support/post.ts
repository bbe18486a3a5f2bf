/** Users of an engine who write to one another, as tests speak of them. */
import type { Answer } from '../../engine/answers.ts';
import type { Delivery } from '../../engine/delivery.ts';
import type { MessageDocument } from '../../engine/documents/shapes.ts';
import type { Engine } from '../../engine/engine.ts';
import { decodeEntries, type Note } from '../../engine/entries.ts';
import type { Journal } from '../../engine/journal/port.ts';
import type { Letter } from '../../engine/letters.ts';
import type { Sending } from '../../engine/sending.ts';
import { read } from './batches.ts';

/** A connection that messages are delivered to. */
export class Reception implements Disposable {
  readonly letters: Letter[] = [];
  readonly #delivery: Delivery;

  constructor(engine: Engine, userId: number) {
    this.#delivery = engine.messages.attach(userId, (letter) => this.letters.push(letter));
  }

  get contents(): readonly string[] {
    return this.letters.map(({ content }) => content);
  }

  get ids(): readonly string[] {
    return this.letters.map(({ id }) => id);
  }

  /** What was handed over has arrived. */
  confirm(ids: readonly string[] = this.ids): void {
    this.#delivery.delivered(ids);
  }

  [Symbol.dispose](): void {
    this.#delivery[Symbol.dispose]();
  }
}

export interface Words extends Partial<Sending> {
  /** Of the command. */
  readonly id?: string;
}

let commands = 0;

/** Sends a message; direct to whom is named. */
export function sends(engine: Engine, from: number, { id, ...words }: Words): Promise<Answer> {
  const sending: Sending = {
    to: { kind: 'direct', userIds: [] },
    subject: null,
    content: 'a word',
    priority: 'normal',
    holdUntilFree: false,
    expiresAt: null,
    ...words,
  };
  commands += 1;
  return engine.messages.send(from, sending, { id: id ?? `send-${commands}`, user: from });
}

export function direct(...userIds: readonly number[]): Sending['to'] {
  return { kind: 'direct', userIds };
}

/** Id of what was sent. */
export function idOf(answer: Answer): string {
  if (!answer.ok || answer.sent === undefined) throw new TypeError(`not sent: ${JSON.stringify(answer)}`);
  return answer.sent.id;
}

/** Every note of a journal, in order. */
export async function notesOf(journal: Journal): Promise<readonly Note[]> {
  return (await read(journal))
    .flatMap(({ events }) => decodeEntries(events))
    .flatMap((entry) => (entry.kind === 'event' ? [] : [entry]));
}

/** The steps that the journal tells of a message, as `recipient step`. */
export async function stepsOf(journal: Journal, messageId: string): Promise<readonly string[]> {
  return (await notesOf(journal)).flatMap((note) =>
    note.kind === 'receipt' && note.receipt.messageId === messageId
      ? [`${note.receipt.recipientId} ${note.receipt.step}`]
      : [],
  );
}

export async function messagesOf(journal: Journal): Promise<readonly MessageDocument[]> {
  return (await notesOf(journal)).flatMap((note) => (note.kind === 'message' ? [note.message] : []));
}
