import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  type PgTableExtraConfigValue,
  text,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { authored, instant, oneOf } from './columns.ts';
import { owned } from './organisations.ts';

export const ROLES = ['viewer', 'agent', 'supervisor', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Users and teams. They name one another (a user's team, a team's supervisor), always within their organisation:
 * the foreign keys hold the organisation too.
 */
export const users = pgTable(
  'users',
  {
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    ...owned,
    username: varchar('username', { length: 50 }).notNull(),
    email: varchar('email', { length: 255 }).notNull(),
    passwordHash: varchar('password_hash', { length: 255 }).notNull(),
    fullName: varchar('full_name', { length: 255 }).notNull(),
    firstName: varchar('first_name', { length: 50 }),
    lastName: varchar('last_name', { length: 50 }),
    role: varchar('role', { length: 20, enum: ROLES }).notNull(),
    teamId: integer('team_id'),
    /** Null for the team's. */
    department: varchar('department', { length: 100 }),
    phone: varchar('phone', { length: 20 }),
    avatar: text('avatar'),
    isActive: boolean('is_active').notNull().default(true),
    /** Whether this user stands on boards. */
    onBoard: boolean('on_board').notNull(),
    mustChangePassword: boolean('must_change_password').notNull().default(false),
    lastLoginAt: instant('last_login_at'),
    ...authored,
  },
  (table): PgTableExtraConfigValue[] => [
    // Log-in names no organisation, so both are unique across them.
    uniqueIndex('users_username_key').on(sql`lower(${table.username})`),
    uniqueIndex('users_email_key').on(sql`lower(${table.email})`),
    // What the foreign keys of others refer to.
    unique('users_id_key').on(table.organisationId, table.id),
    foreignKey({
      name: 'users_team_id_fkey',
      columns: [table.organisationId, table.teamId],
      foreignColumns: [teams.organisationId, teams.id],
    }),
    check('users_username_check', sql`${table.username} ~ '^[A-Za-z0-9_]{3,50}$'`),
    check('users_email_check', sql`${table.email} LIKE '_%@_%'`),
    check('users_full_name_check', sql`char_length(${table.fullName}) >= 2`),
    check('users_role_check', oneOf(table.role, ROLES)),
    check('users_department_check', sql`char_length(${table.department}) >= 2`),
    check('users_phone_check', sql`${table.phone} ~ '^\\+?[0-9 ()-]+$'`),
    index('users_team_id_idx').on(table.teamId),
    index('users_role_active_idx').on(table.organisationId, table.role, table.isActive),
    index('users_role_department_idx').on(table.organisationId, table.role, table.department),
    index('users_department_idx').on(table.organisationId, table.department),
    index('users_full_name_idx').on(table.organisationId, table.fullName, table.id),
    index('users_last_login_idx').on(table.organisationId, table.lastLoginAt),
    index('users_on_board_idx')
      .on(table.organisationId, table.id)
      .where(sql`${table.isActive} AND ${table.onBoard}`),
  ],
);

export const teams = pgTable(
  'teams',
  {
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    ...owned,
    name: varchar('name', { length: 100 }).notNull(),
    description: varchar('description', { length: 500 }),
    department: varchar('department', { length: 100 }),
    supervisorId: integer('supervisor_id'),
    /** How many agents may be in the team (E3). */
    maxAgents: integer('max_agents').notNull().default(10),
    /** IANA name; null for the organisation's. */
    timeZone: varchar('time_zone', { length: 64 }),
    isActive: boolean('is_active').notNull().default(true),
    ...authored,
  },
  (table): PgTableExtraConfigValue[] => [
    uniqueIndex('teams_name_key').on(table.organisationId, sql`lower(${table.name})`),
    unique('teams_id_key').on(table.organisationId, table.id),
    foreignKey({
      name: 'teams_supervisor_id_fkey',
      columns: [table.organisationId, table.supervisorId],
      foreignColumns: [users.organisationId, users.id],
    }),
    check('teams_name_check', sql`char_length(${table.name}) >= 1`),
    check('teams_department_check', sql`char_length(${table.department}) >= 2`),
    check('teams_max_agents_check', sql`${table.maxAgents} > 0`),
    index('teams_supervisor_id_idx').on(table.supervisorId),
    index('teams_department_idx').on(table.organisationId, table.department),
  ],
);
