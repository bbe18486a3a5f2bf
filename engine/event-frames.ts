/**
 * Events as bytes. Every event's numbers come first, then which of the rest there is, as bits, then the changed fields by
 * their place in FIELDS: a third of what JSON takes, and several times as fast to fold.
 */
import type { Mutable } from './axes.ts';
import { ByteReader, ByteWriter, Texts } from './bytes.ts';
import { type AgentEvent, type Changes, type Effect, EVENT_TYPES } from './events.ts';
import { CAUSE as CAUSES, FIELD_NAMES, FIELDS, type FieldName } from './fields.ts';
import type { CommandId } from './inputs.ts';
import type { Kind } from './kinds.ts';

/** Which of what an event may lack it has. */
const BY = 1;
const REASON = 2;
const SESSION = 4;
const COMMAND = 8;
const CAUSE = 16;
const EFFECTS = 32;
const AHEAD = 64;

/** Whose command it was. */
const OF_USER = 0;
const OF_OTHER_SESSION = 1;
const OF_THE_SESSION = 2;

/** Is told what events come to, one after another: all that folding needs, without an object for each part. */
export interface EventSink {
  /** An event of that agent. */
  begin(head: EventHead): void;
  /** It set that field, by its place in FIELD_NAMES, to the value that comes next, which is to be read. */
  set(field: number, reader: ByteReader): void;
  /** That was all that it set, and it was the outcome of a session's command: where its texts stand. */
  sent(texts: ByteReader, id: number, session: number): void;
  /** Likewise, of a user's. */
  sentByUser(id: string, user: number): void;
}

export type EventHead = Pick<AgentEvent, 'agent' | 'organisation' | 'seq' | 'at'>;

export function writeEvent(writer: ByteWriter, event: AgentEvent): void {
  const { by, reason, session, command, cause, previous, effects, ahead } = event;
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
      (effects === undefined ? 0 : EFFECTS) +
      (ahead === undefined ? 0 : AHEAD),
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
    FIELDS.status.write(writer, previous ?? '');
  }
  if (effects !== undefined) writer.text(effects.join());
  if (ahead !== undefined) writer.count(ahead);
  writeSet(writer, event.set);
}

export function readEvent(reader: ByteReader): AgentEvent {
  const event: Mutable<AgentEvent> = {
    type: known(EVENT_TYPES, reader.u8()),
    agent: reader.count(),
    organisation: reader.count(),
    seq: reader.count(),
    at: reader.number(),
    set: {},
  };
  const mask = reader.count();
  if (has(mask, BY)) event.by = reader.count();
  if (has(mask, REASON)) event.reason = reader.text();
  if (has(mask, SESSION))
    event.session = { id: reader.text(), device: reader.code(), address: reader.code() };
  if (has(mask, COMMAND)) event.command = readCommand(reader, event.session?.id);
  if (has(mask, CAUSE)) {
    event.cause = CAUSES.read(reader);
    event.previous = FIELDS.status.read(reader);
  }
  if (has(mask, EFFECTS)) event.effects = reader.text().split(',') as Effect[];
  if (has(mask, AHEAD)) event.ahead = reader.count();
  const set: Partial<Record<FieldName, unknown>> = {};
  for (let left = reader.u8(); left > 0; left--) {
    const name = known(FIELD_NAMES, reader.u8());
    set[name] = KINDS[name].read(reader);
  }
  event.set = set as Partial<Changes>;
  return event;
}

/** As readEvent, for who wants to know only what it comes to: what nobody asks for is passed over. */
export function foldBody(reader: ByteReader, sink: EventSink): void {
  reader.u8();
  const agent = reader.count();
  const organisation = reader.count();
  const seq = reader.count();
  const at = reader.number();
  const mask = reader.count();
  sink.begin({ agent, organisation, seq, at });
  if (has(mask, BY)) reader.count();
  if (has(mask, REASON)) reader.skipText();
  let session = reader.position;
  if (has(mask, SESSION)) {
    reader.skipText();
    reader.skipText();
    reader.skipText();
  }
  const id = reader.position;
  let user: number | null = null;
  if (has(mask, COMMAND)) {
    reader.skipText();
    const of = reader.u8();
    if (of === OF_USER) user = reader.count();
    if (of === OF_OTHER_SESSION) {
      session = reader.position;
      reader.skipText();
    }
  }
  if (has(mask, CAUSE)) {
    CAUSES.skip(reader);
    FIELDS.status.skip(reader);
  }
  if (has(mask, EFFECTS)) reader.skipText();
  if (has(mask, AHEAD)) reader.count();
  for (let left = reader.u8(); left > 0; left--) {
    const field = reader.u8();
    if (field >= FIELD_NAMES.length) throw unknown();
    sink.set(field, reader);
  }
  if (user !== null) sink.sentByUser(reader.textAt(id), user);
  else if (has(mask, COMMAND)) sink.sent(reader, id, session);
}

/** What an event comes to that was read already. */
export function foldEvent(event: AgentEvent, sink: EventSink): void {
  const writer = new ByteWriter();
  writeEvent(writer, event);
  foldBody(new ByteReader(writer.taken(), 0, new Texts()), sink);
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

const KINDS: { readonly [Name in FieldName]: Kind<Changes[Name]> } = FIELDS;

function known<Value>(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value === undefined) throw unknown();
  return value;
}

function unknown(): TypeError {
  return new TypeError('the journal holds an event that only a later version knows');
}
