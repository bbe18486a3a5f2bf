/**
 * Events as frames, back to back: body length (u32, big-endian), version (u8), body.
 *
 * Version 1 had bodies of JSON. Version 2 writes what every event has as numbers, which of the rest there is as bits,
 * and the changed fields by their place in FIELDS: a third of the bytes, and several times as fast to fold.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import { CAUSE as CAUSES, FIELD_NAMES, FIELDS, type FieldName } from './fields.ts';
import type { Kind } from './kinds.ts';
import { type AgentEvent, type Changes, type Effect, EVENT_TYPES } from './events.ts';
import type { CommandId } from './inputs.ts';

/** Version of the frames that this code writes. It reads this one and every older one. */
const FRAME_VERSION = 2;
const JSON_VERSION = 1;
const HEADER_BYTES = 5;

/** Which of what an event may lack it has. */
const BY = 1;
const REASON = 2;
const SESSION = 4;
const COMMAND = 8;
const CAUSE = 16;
const EFFECTS = 32;

/** Whose command it was. */
const OF_USER = 0;
const OF_OTHER_SESSION = 1;
const OF_THE_SESSION = 2;

/** What folding needs of an event. */
export type Foldable = Pick<AgentEvent, 'type' | 'agent' | 'organisation' | 'seq' | 'at' | 'command' | 'set'>;

export function encodeEvents(events: readonly AgentEvent[]): Uint8Array {
  const writer = new ByteWriter();
  for (const event of events) {
    const start = writer.length;
    writer.u32(0);
    writer.u8(FRAME_VERSION);
    writeEvent(writer, event);
    writer.u32At(writer.length - start - HEADER_BYTES, start);
  }
  return writer.taken();
}

/** @throws TypeError on a version that this code doesn't know. Damage is the journal's to find, before. */
export function decodeEvents(bytes: Uint8Array): AgentEvent[] {
  return framesIn(bytes, readEvent);
}

/** As decodeEvents, without what only readers of history ask for. */
export function decodeForFolding(bytes: Uint8Array): Foldable[] {
  return framesIn(bytes, readFoldable);
}

function framesIn<Read>(bytes: Uint8Array, read: (reader: ByteReader) => Read): Read[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Read[] = [];
  for (let at = 0; at < buffer.length;) {
    const end = at + HEADER_BYTES + buffer.readUInt32BE(at);
    const version = buffer.readUInt8(at + 4);
    at += HEADER_BYTES;
    switch (version) {
      case FRAME_VERSION:
        found.push(read(new ByteReader(buffer, at)));
        break;
      case JSON_VERSION:
        found.push(JSON.parse(buffer.toString('utf8', at, end)) as Read);
        break;
      default:
        throw new TypeError(
          `the journal holds an event of format ${version}; this version reads up to ${FRAME_VERSION}`,
        );
    }
    at = end;
  }
  return found;
}

function writeEvent(writer: ByteWriter, event: AgentEvent): void {
  const { by, reason, session, command, cause, previous, effects } = event;
  writer.u8(EVENT_TYPES.indexOf(event.type));
  writer.count(event.agent);
  writer.count(event.organisation);
  writer.count(event.seq);
  writer.number(event.at);
  writer.count(
    (by === undefined ? 0 : BY) +
      (reason === undefined ? 0 : REASON) +
      (session === undefined ? 0 : SESSION) +
      (command === undefined ? 0 : COMMAND) +
      (cause === undefined ? 0 : CAUSE) +
      (effects === undefined ? 0 : EFFECTS),
  );
  if (by !== undefined) writer.count(by);
  if (reason !== undefined) writer.text(reason);
  if (session !== undefined) {
    writer.text(session.id);
    writer.text(session.device);
    writer.text(session.address);
  }
  if (command !== undefined) writeCommand(writer, command, session?.id);
  if (cause !== undefined) {
    CAUSES.write(writer, cause);
    writer.text(previous ?? '');
  }
  if (effects !== undefined) writer.text(effects.join());
  writeSet(writer, event.set);
}

function readEvent(reader: ByteReader): AgentEvent {
  const { mask, ...head } = readHead(reader);
  const by = has(mask, BY) ? reader.count() : undefined;
  const reason = has(mask, REASON) ? reader.text() : undefined;
  const session = has(mask, SESSION)
    ? { id: reader.text(), device: reader.text(), address: reader.text() }
    : undefined;
  const command = has(mask, COMMAND) ? readCommand(reader, session?.id) : undefined;
  const cause = has(mask, CAUSE) ? CAUSES.read(reader) : undefined;
  const previous = cause === undefined ? undefined : reader.text();
  const effects = has(mask, EFFECTS) ? (reader.text().split(',') as Effect[]) : undefined;
  return {
    ...head,
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(session !== undefined && { session }),
    ...(command !== undefined && { command }),
    ...(cause !== undefined && { cause }),
    ...(previous !== undefined && { previous }),
    ...(effects !== undefined && { effects }),
    set: readSet(reader),
  };
}

function readFoldable(reader: ByteReader): Foldable {
  const { type, agent, organisation, seq, at, mask } = readHead(reader);
  if (has(mask, BY)) reader.count();
  if (has(mask, REASON)) reader.skipText();
  const isCommand = has(mask, COMMAND);
  const session = has(mask, SESSION) && isCommand ? reader.text() : undefined;
  if (has(mask, SESSION)) {
    if (!isCommand) reader.skipText();
    reader.skipText();
    reader.skipText();
  }
  const command = isCommand ? readCommand(reader, session) : undefined;
  if (has(mask, CAUSE)) {
    reader.u8();
    reader.skipText();
  }
  if (has(mask, EFFECTS)) reader.skipText();
  const set = readSet(reader);
  return command === undefined
    ? { type, agent, organisation, seq, at, set }
    : { type, agent, organisation, seq, at, command, set };
}

function readHead(reader: ByteReader) {
  return {
    type: known(EVENT_TYPES, reader.u8()),
    agent: reader.count(),
    organisation: reader.count(),
    seq: reader.count(),
    at: reader.number(),
    mask: reader.count(),
  };
}

function has(mask: number, bit: number): boolean {
  return (mask & bit) !== 0;
}

/** Most commands come through the session that the event names already. */
function writeCommand(writer: ByteWriter, command: CommandId, session: string | undefined): void {
  writer.text(command.id);
  if ('user' in command) {
    writer.u8(OF_USER);
    writer.count(command.user);
  } else if (command.session === session) writer.u8(OF_THE_SESSION);
  else {
    writer.u8(OF_OTHER_SESSION);
    writer.text(command.session);
  }
}

function readCommand(reader: ByteReader, session: string | undefined): CommandId {
  const id = reader.text();
  const of = reader.u8();
  if (of === OF_USER) return { id, user: reader.count() };
  return { id, session: of === OF_THE_SESSION && session !== undefined ? session : reader.text() };
}

function writeSet(writer: ByteWriter, set: Partial<Changes>): void {
  const names = Object.keys(set) as FieldName[];
  writer.u8(names.length);
  for (const name of names) writeField(writer, name, set);
}

function writeField<Name extends FieldName>(
  writer: ByteWriter,
  name: Name,
  set: Partial<Pick<Changes, Name>>,
): void {
  const value = set[name];
  if (value === undefined) throw new TypeError(`an event sets ${name} to nothing`);
  const kind: Kind<Changes[Name]> = KINDS[name];
  writer.u8(FIELD_NAMES.indexOf(name));
  kind.write(writer, value);
}

function readSet(reader: ByteReader): Partial<Changes> {
  const set: Partial<Record<FieldName, unknown>> = {};
  for (let left = reader.u8(); left > 0; left--) {
    const name = known(FIELD_NAMES, reader.u8());
    set[name] = KINDS[name].read(reader);
  }
  return set as Partial<Changes>;
}

const KINDS: { readonly [Name in FieldName]: Kind<Changes[Name]> } = FIELDS;

function known<Value>(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value === undefined) throw new TypeError(`the journal holds an event that only a later version knows`);
  return value;
}
