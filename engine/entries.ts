/**
 * What the journal holds, frame by frame: events of agents, and beside them, in the same batches, notes — messages,
 * receipts and activities. A note has no seq, only the offset of its batch (SPEC B4).
 *
 * Each frame names its own format, and every one that was ever written is read for ever; a version that doesn't know a
 * format says so, and never passes over it.
 */
import { ByteReader, ByteWriter, Texts } from './bytes.ts';
import type { ActivityDocument, MessageDocument, ReceiptChange } from './documents/shapes.ts';
import { type EventSink, foldBody, foldEvent, readEvent, writeEvent } from './event-frames.ts';
import type { AgentEvent } from './events.ts';
import { eachFrame, writeFrame } from './frames.ts';
import type { CommandId } from './inputs.ts';

export type JournalEntry = { readonly kind: 'event'; readonly event: AgentEvent } | Note;

/** Something that is true once it is written down, and changes no agent's record. */
export type Note = (
  | { readonly kind: 'message'; readonly message: MessageDocument }
  | { readonly kind: 'receipt'; readonly receipt: ReceiptChange }
  | { readonly kind: 'activity'; readonly activity: ActivityDocument }
) & {
  /** The command that it was written for: its first answer survives a restart (B6). */
  readonly command?: CommandId;
};

/** Whose doing a note is; null for the system's. It is written in the partition of whoever did it. */
export function authorOf(note: Note): number | null {
  switch (note.kind) {
    case 'message':
      return note.message.senderId;
    case 'receipt':
      return note.receipt.recipientId;
    case 'activity':
      return note.activity.agentId;
  }
}

/** When it happened, epoch milliseconds. */
export function timeOf(entry: JournalEntry): number {
  switch (entry.kind) {
    case 'event':
      return entry.event.at;
    case 'message':
      return entry.message.createdAt;
    case 'receipt':
      return entry.receipt.at;
    case 'activity':
      return entry.activity.at;
  }
}

/** An event, as JSON. */
const JSON_EVENT = 1;
/** An event, as event-frames.ts writes it. */
const EVENT = 2;
/** A note, as JSON. */
const NOTE = 3;

/** Is told of each entry in its turn. */
export interface EntrySink extends EventSink {
  note(note: Note): void;
}

export function encodeEntries(entries: readonly JournalEntry[]): Uint8Array {
  const writer = new ByteWriter();
  for (const entry of entries) {
    if (entry.kind === 'event') writeFrame(writer, EVENT, () => writeEvent(writer, entry.event));
    else writeFrame(writer, NOTE, () => writer.bytes(Buffer.from(JSON.stringify(entry))));
  }
  return writer.taken();
}

/** @throws TypeError on a format that this code doesn't know. Damage is the journal's to find, before. */
export function decodeEntries(bytes: Uint8Array): JournalEntry[] {
  const entries: JournalEntry[] = [];
  eachFrame(readerOf(bytes, new Texts()), (...frame) => entries.push(entryIn(...frame)));
  return entries;
}

/** The events among them, in their order. */
export function decodeEvents(bytes: Uint8Array): AgentEvent[] {
  return decodeEntries(bytes).flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
}

/** As decodeEntries, for who wants to know only what they come to. */
export function foldEntries(bytes: Uint8Array, sink: EntrySink, texts: Texts): void {
  eachFrame(readerOf(bytes, texts), (format, body, size) => {
    if (format === EVENT) return foldBody(body, sink);
    const entry = entryIn(format, body, size);
    if (entry.kind === 'event') foldEvent(entry.event, sink);
    else sink.note(entry);
  });
}

function readerOf({ buffer, byteOffset, byteLength }: Uint8Array, texts: Texts): ByteReader {
  return new ByteReader(Buffer.from(buffer, byteOffset, byteLength), 0, texts);
}

function entryIn(format: number, body: ByteReader, size: number): JournalEntry {
  switch (format) {
    case JSON_EVENT:
      return { kind: 'event', event: JSON.parse(body.bytes(size).toString()) as AgentEvent };
    case EVENT:
      return { kind: 'event', event: readEvent(body) };
    case NOTE:
      return JSON.parse(body.bytes(size).toString()) as Note;
    default:
      throw new TypeError(`the journal holds a frame of format ${format}; this version reads up to ${NOTE}`);
  }
}
