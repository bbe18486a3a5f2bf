/**
 * What the journal holds, frame by frame: events of agents, and beside them, in the same batches, notes — messages,
 * receipts and activities. A note has no seq, only the offset of its batch (SPEC B4).
 *
 * frame: body length (u32, big-endian) · format (u8) · body (JSON, UTF-8)
 * format 1: an event. Format 2: a note, by its kind.
 *
 * Each frame names its own format, and every one that was ever written is read for ever. Events go on being written in
 * format 1, so that a journal without notes stays one that earlier versions read; a version that doesn't know a format
 * says so, and never passes over it.
 */
import type { ActivityDocument, MessageDocument, ReceiptChange } from './documents/shapes.ts';
import type { AgentEvent } from './events.ts';
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

const EVENT_FORMAT = 1;
const NOTE_FORMAT = 2;
const HEADER_BYTES = 5;

export function encodeEntries(entries: readonly JournalEntry[]): Uint8Array {
  const frames = entries.map((entry) =>
    entry.kind === 'event' ? frame(EVENT_FORMAT, entry.event) : frame(NOTE_FORMAT, entry),
  );
  return frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
}

/** @throws TypeError on a format that this code doesn't know. Damage is the journal's to find, before. */
export function decodeEntries(bytes: Uint8Array): JournalEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: JournalEntry[] = [];
  for (let at = 0; at < buffer.length;) {
    const start = at + HEADER_BYTES;
    const end = start + buffer.readUInt32BE(at);
    entries.push(entryOf(buffer.readUInt8(at + 4), buffer.toString('utf8', start, end)));
    at = end;
  }
  return entries;
}

/** The events among them, in their order. */
export function decodeEvents(bytes: Uint8Array): AgentEvent[] {
  return decodeEntries(bytes).flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
}

function entryOf(format: number, body: string): JournalEntry {
  switch (format) {
    case EVENT_FORMAT:
      return { kind: 'event', event: JSON.parse(body) as AgentEvent };
    case NOTE_FORMAT:
      return JSON.parse(body) as Note;
    default:
      throw new TypeError(
        `the journal holds a frame of format ${format}; this version reads up to ${NOTE_FORMAT}`,
      );
  }
}

function frame(format: number, content: AgentEvent | Note): Buffer {
  const body = JSON.stringify(content);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(body));
  bytes.writeUInt32BE(bytes.length - HEADER_BYTES, 0);
  bytes.writeUInt8(format, 4);
  bytes.write(body, HEADER_BYTES);
  return bytes;
}
