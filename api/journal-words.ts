/** What happened to an agent, in words: one line an event. */
import type { ActivityDocument, MessageDocument, ReceiptChange } from '../engine/documents/shapes.ts';
import type { JournalEntry } from '../engine/entries.ts';
import type { AgentEvent } from '../engine/events.ts';

/** The names of users, as far as they are known. */
export type Names = ReadonlyMap<number, string>;

export function inWords(entry: JournalEntry, names: Names): string {
  switch (entry.kind) {
    case 'event':
      return eventInWords(entry.event, names);
    case 'message':
      return messageInWords(entry.message, names);
    case 'receipt':
      return receiptInWords(entry.receipt, names);
    case 'activity':
      return activityInWords(entry.activity, names);
  }
}

/** Whether it tells of an agent, who is of that organisation; null while it is not known of which. */
export function concerns(
  entry: JournalEntry,
  { agentId, organisationId }: { readonly agentId: number; readonly organisationId: number | null },
): boolean {
  switch (entry.kind) {
    case 'event':
      return entry.event.agent === agentId;
    case 'message': {
      const { senderId, recipientIds } = entry.message;
      const isForAll = recipientIds === null && entry.message.organisationId === organisationId;
      return senderId === agentId || isForAll || recipientIds?.includes(agentId) === true;
    }
    case 'receipt':
      return entry.receipt.recipientId === agentId;
    case 'activity':
      return entry.activity.agentId === agentId;
  }
}

function eventInWords(event: AgentEvent, names: Names): string {
  const { seq, at, type, by, reason, session, ahead, effects } = event;
  const parts = [
    `${type.replaceAll('_', ' ')}${by === undefined ? '' : ` by ${nameOf(by, names)}`}`,
    ...statusOf(event),
    ...changesOf(event),
    ...(reason === undefined ? [] : [`reason ${JSON.stringify(reason)}`]),
    ...(session === undefined
      ? []
      : [`session ${session.id} on ${JSON.stringify(session.device)} at ${session.address}`]),
    ...(ahead === undefined ? [] : [`anew, for the client knew of #${ahead}`]),
    ...(effects ?? []).map((effect) => effect.replaceAll('_', ' ')),
  ];
  return `${localTime(at)}  #${seq}  ${parts.join('; ')}`;
}

function messageInWords(message: MessageDocument, names: Names): string {
  const { id, kind, senderId, teamId, recipientIds, priority, subject, content, createdAt } = message;
  const many = recipientIds === null ? 'everybody' : `${recipientIds.length} recipients`;
  const [only, ...others] = recipientIds ?? [];
  const to = only !== undefined && others.length === 0 ? nameOf(only, names) : many;
  const parts = [
    `${kind} message ${id} ${senderId === null ? '' : `from ${nameOf(senderId, names)} `}to ${to}`,
    ...(teamId === null ? [] : [`team ${teamId}`]),
    ...(priority === 'normal' ? [] : [priority]),
    ...(message.holdUntilFree ? ['may wait until free'] : []),
    ...(message.expiresAt === null ? [] : [`until ${localTime(message.expiresAt)}`]),
    ...(subject === null ? [] : [`subject ${JSON.stringify(subject)}`]),
    JSON.stringify(content),
  ];
  return `${localTime(createdAt)}  ${parts.join('; ')}`;
}

function receiptInWords({ messageId, recipientId, step, at }: ReceiptChange, names: Names): string {
  const by =
    step === 'delivered'
      ? `delivered to ${nameOf(recipientId, names)}`
      : `${step} by ${nameOf(recipientId, names)}`;
  return `${localTime(at)}  message ${messageId} ${by}`;
}

function activityInWords(
  { id, agentId, type, description, at, metadata }: ActivityDocument,
  names: Names,
): string {
  const parts = [
    `${type.replaceAll('_', ' ')} ${id} of ${nameOf(agentId, names)}`,
    ...(description === '' ? [] : [JSON.stringify(description)]),
    ...Object.entries(metadata ?? {}).map(([key, value]) => `${key} ${JSON.stringify(value)}`),
  ];
  return `${localTime(at)}  ${parts.join('; ')}`;
}

function statusOf({ previous, cause, set }: AgentEvent): readonly string[] {
  if (set.status === undefined) return [];
  return [`${previous ?? '?'} → ${set.status}${cause === undefined ? '' : ` (cause ${cause})`}`];
}

function changesOf({ set }: AgentEvent): readonly string[] {
  const { connectivity, dutyCode, limitUntil, extendedMs, activity, current, max, forced } = set;
  const { queued, forcedNext, flapping, graceUntil, platformUntil, member } = set;
  return [
    connectivity ?? [],
    dutyCode === undefined ? [] : `duty ${dutyCode ?? 'none'}`,
    limitUntil === undefined || limitUntil === null ? [] : `until ${localTime(limitUntil)}`,
    extendedMs === undefined || extendedMs === 0 ? [] : `${extendedMs / 60_000} minutes more`,
    activity ?? [],
    current === undefined ? [] : `${current} tasks`,
    max === undefined ? [] : `at most ${max ?? 'any number'}`,
    forced === undefined ? [] : forced === null ? 'no override' : `override ${forced.code}`,
    forced?.hold === true ? 'held' : [],
    queued === undefined ? [] : `queued ${queued?.code ?? 'nothing'}`,
    forcedNext === undefined ? [] : `override queued ${forcedNext?.code ?? 'none'}`,
    flapping === undefined || flapping === null ? [] : `flapping until ${localTime(flapping.until)}`,
    graceUntil === undefined || graceUntil === null ? [] : `expected back until ${localTime(graceUntil)}`,
    platformUntil === undefined || platformUntil === null
      ? []
      : `the platform’s absence until ${localTime(platformUntil)}`,
    member === undefined ? [] : `now ${describe(member)}`,
  ].flat();
}

function describe({ name, role, teamId, active }: NonNullable<AgentEvent['set']['member']>): string {
  const team = teamId === null ? 'no team' : `team ${teamId}`;
  return `${name}, ${role}, ${team}${active ? '' : ', deactivated'}`;
}

function nameOf(user: number, names: Names): string {
  const name = names.get(user);
  return name === undefined || name === '' ? `user ${user}` : name;
}

/** `2026-01-05 09:00:00.000 +07:00`, in the time zone of this process. */
function localTime(at: number): string {
  const offsetMinutes = -new Date(at).getTimezoneOffset();
  const local = new Date(at + offsetMinutes * 60_000).toISOString();
  const hours = String(Math.floor(Math.abs(offsetMinutes) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, '0');
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
  return `${local.slice(0, 10)} ${local.slice(11, 23)} ${zone}`;
}
