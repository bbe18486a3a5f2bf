import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { describe, expect, test } from 'vitest';
import * as audit from '../../drizzle/schema/audit.ts';
import * as config from '../../drizzle/schema/config.ts';
import * as documents from '../../drizzle/schema/documents.ts';
import * as organisations from '../../drizzle/schema/organisations.ts';
import * as outbox from '../../drizzle/schema/outbox.ts';
import * as people from '../../drizzle/schema/people.ts';
import * as tokens from '../../drizzle/schema/refresh-tokens.ts';
import * as statuses from '../../drizzle/schema/statuses.ts';

const tables = [audit, config, documents, organisations, outbox, people, tokens, statuses]
  .flatMap((family) => Object.values<unknown>(family))
  .filter((value) => value instanceof PgTable)
  .map(getTableConfig);

describe('the schema', () => {
  test('J1: names the organisation in each row of every table', () => {
    const others = tables.filter(({ name }) => name !== 'organisations' && name !== 'projections');
    expect(others.length).toBeGreaterThan(7);
    for (const { columns } of others) {
      expect(columns.find(({ name }) => name === 'organisation_id')).toMatchObject({ notNull: true });
    }
  });

  test('names constraints by table, column and kind, so that a violation is told as one of a field', () => {
    const named = tables.flatMap(({ name, checks, uniqueConstraints, indexes, foreignKeys }) => [
      ...checks.map((each) => [name, each.name, 'check']),
      ...uniqueConstraints.map((each) => [name, each.name, 'key']),
      ...indexes.filter(({ config: { unique } }) => unique).map((each) => [name, each.config.name, 'key']),
      ...foreignKeys
        .filter(({ reference }) => reference().columns.length > 1)
        .map((each) => [name, each.getName(), 'fkey']),
    ]);
    expect(named.length).toBeGreaterThan(40);
    for (const [table, name, kind] of named) expect(name).toMatch(new RegExp(`^${table}_.+_${kind}$`));
  });
});
