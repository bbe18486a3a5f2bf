import { sql } from 'drizzle-orm';
import {
  boolean,
  char,
  check,
  foreignKey,
  integer,
  pgTable,
  text,
  unique,
  varchar,
} from 'drizzle-orm/pg-core';
import { authored, oneOf } from './columns.ts';
import { owned } from './organisations.ts';
import { type Role, ROLES } from './people.ts';

/** The categories of a duty (A2). */
export const DUTY_CATEGORIES = ['available', 'busy', 'away', 'break', 'wrap_up'] as const;
export type DutyCategory = (typeof DUTY_CATEGORIES)[number];

/** Those of a status: `offline` is effective only. */
export const CATEGORIES = [...DUTY_CATEGORIES, 'offline'] as const;

export const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'hexagon', 'ring', 'bar'] as const;
export type Shape = (typeof SHAPES)[number];

const OVERRUN_ACTIONS = ['alert', 'set', 'log_out'] as const;
const IDLE_LIMITS = ['default', 'never', 'seconds'] as const;

/** The catalogue (A8). */
export const statuses = pgTable(
  'statuses',
  {
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    ...owned,
    code: varchar('code', { length: 50 }).notNull(),
    label: varchar('label', { length: 100 }).notNull(),
    category: varchar('category', { length: 20, enum: CATEGORIES }).notNull(),
    /** `#rrggbb` */
    colour: char('colour', { length: 7 }).notNull(),
    shape: varchar('shape', { length: 20, enum: SHAPES }).notNull(),
    routable: boolean('routable').notNull().default(false),
    /** Roles that may choose it; null for all. */
    selectableBy: text('selectable_by').array().$type<Role[]>(),
    reasonRequired: boolean('reason_required').notNull().default(false),
    /** Null for no limit of its own. */
    maxSeconds: integer('max_seconds'),
    onOverrunAction: varchar('on_overrun_action', { length: 20, enum: OVERRUN_ACTIONS })
      .notNull()
      .default('alert'),
    /** The code that the action `set` sets. */
    onOverrunCode: varchar('on_overrun_code', { length: 50 }),
    idleLimit: varchar('idle_limit', { length: 20, enum: IDLE_LIMITS }).notNull().default('never'),
    /** Where the idle limit is `seconds`. */
    idleLimitSeconds: integer('idle_limit_seconds'),
    archived: boolean('archived').notNull().default(false),
    /** Its place in lists. */
    position: integer('position').notNull().default(0),
    ...authored,
  },
  (table) => [
    unique('statuses_code_key').on(table.organisationId, table.code),
    foreignKey({
      name: 'statuses_on_overrun_code_fkey',
      columns: [table.organisationId, table.onOverrunCode],
      foreignColumns: [table.organisationId, table.code],
    }),
    check('statuses_code_check', sql`${table.code} ~ '^[a-z][a-z0-9_]*$'`),
    check('statuses_label_check', sql`char_length(${table.label}) >= 1`),
    // One code is offline, and no other is.
    check(
      'statuses_category_check',
      sql`${oneOf(table.category, CATEGORIES)} AND (${table.category} = 'offline') = (${table.code} = 'offline')`,
    ),
    check('statuses_archived_check', sql`NOT (${table.archived} AND ${table.category} = 'offline')`),
    check('statuses_colour_check', sql`${table.colour} ~ '^#[0-9a-fA-F]{6}$'`),
    check('statuses_shape_check', oneOf(table.shape, SHAPES)),
    check(
      'statuses_selectable_by_check',
      sql`${table.selectableBy} <@ ARRAY[${sql.raw(ROLES.map((role) => `'${role}'`).join(', '))}]`,
    ),
    check('statuses_max_seconds_check', sql`${table.maxSeconds} > 0`),
    check('statuses_on_overrun_action_check', oneOf(table.onOverrunAction, OVERRUN_ACTIONS)),
    check(
      'statuses_on_overrun_code_check',
      sql`(${table.onOverrunAction} = 'set') = (${table.onOverrunCode} IS NOT NULL)`,
    ),
    check('statuses_idle_limit_check', oneOf(table.idleLimit, IDLE_LIMITS)),
    check(
      'statuses_idle_limit_seconds_check',
      sql`(${table.idleLimit} = 'seconds') = (${table.idleLimitSeconds} IS NOT NULL) AND ${table.idleLimitSeconds} > 0`,
    ),
  ],
);

/** The graph (A9): which category or code may follow which. Exactly one of category and code is given at each end. */
export const statusTransitions = pgTable(
  'status_transitions',
  {
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    ...owned,
    fromCategory: varchar('from_category', { length: 20, enum: DUTY_CATEGORIES }),
    fromCode: varchar('from_code', { length: 50 }),
    toCategory: varchar('to_category', { length: 20, enum: DUTY_CATEGORIES }),
    toCode: varchar('to_code', { length: 50 }),
    /** Null for every role. */
    role: varchar('role', { length: 20, enum: ROLES }),
    ...authored,
  },
  (table) => [
    unique('status_transitions_row_key')
      .on(
        table.organisationId,
        table.fromCategory,
        table.fromCode,
        table.toCategory,
        table.toCode,
        table.role,
      )
      .nullsNotDistinct(),
    foreignKey({
      name: 'status_transitions_from_code_fkey',
      columns: [table.organisationId, table.fromCode],
      foreignColumns: [statuses.organisationId, statuses.code],
    }),
    foreignKey({
      name: 'status_transitions_to_code_fkey',
      columns: [table.organisationId, table.toCode],
      foreignColumns: [statuses.organisationId, statuses.code],
    }),
    check('status_transitions_from_check', sql`num_nonnulls(${table.fromCategory}, ${table.fromCode}) = 1`),
    check('status_transitions_to_check', sql`num_nonnulls(${table.toCategory}, ${table.toCode}) = 1`),
    check('status_transitions_from_category_check', oneOf(table.fromCategory, DUTY_CATEGORIES)),
    check('status_transitions_to_category_check', oneOf(table.toCategory, DUTY_CATEGORIES)),
    check('status_transitions_role_check', oneOf(table.role, ROLES)),
  ],
);
