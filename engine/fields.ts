/**
 * What a record is made of, field by field: as rows hold it in memory (columns/), as events carry it in the journal
 * (event-frames.ts), and as snapshots keep it.
 */
import { CATEGORIES, type Cause, type Forced, type ForcedNext, type Queued, type Session } from './axes.ts';
import { OFFLINE } from './catalogue.ts';
import type { Changes } from './events.ts';
import { Code, CodeOrNull, Flag, Json, OneOf, Quantity, QuantityOrNull } from './kinds.ts';
import type { Member } from './member.ts';

export const CAUSE = new OneOf<Cause>(
  'agent',
  'idle',
  'capacity',
  'override',
  'disconnect',
  'overrun',
  'schedule',
  'system',
);

/** Their order is the journal's format: a new field goes to the end, and none is ever taken away. */
export const FIELDS = {
  connectivity: new OneOf('disconnected', 'connected', 'reconnecting'),
  duty: new OneOf('off', ...CATEGORIES),
  activity: new OneOf('active', 'idle'),
  workload: new OneOf('free', 'tasked', 'full'),
  override: new OneOf('none', 'forced', 'held'),
  dutyCode: new CodeOrNull(),
  dutyCause: CAUSE,
  dutyReason: new Json<string | null>(),
  dutySince: new Quantity(),
  sessions: new Json<readonly Session[]>(),
  graceUntil: new QuantityOrNull(),
  idleSince: new QuantityOrNull(),
  current: new Quantity(),
  max: new QuantityOrNull(),
  forced: new Json<Forced | null>(),
  status: new Code(),
  category: new OneOf(...CATEGORIES, OFFLINE),
  since: new Quantity(),
  cause: CAUSE,
  routable: new Flag(),
  member: new Json<Member>(),
  limit: new OneOf('none', 'running', 'warned', 'over', 'escalated'),
  limitUntil: new QuantityOrNull(),
  extendedMs: new Quantity(),
  overAt: new QuantityOrNull(),
  stability: new OneOf('steady', 'flapping'),
  platformUntil: new QuantityOrNull(),
  queued: new Json<Queued | null>(),
  forcedNext: new Json<ForcedNext | null>(),
  flips: new Json<readonly number[]>(),
  isOutByFlip: new Flag(),
  flapping: new Json<Changes['flapping']>(),
} as const;

export type FieldName = keyof Changes;
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];
