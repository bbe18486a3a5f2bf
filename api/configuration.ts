import type { ConfigRow } from '../drizzle/repositories/config.ts';
import { CONFIG_KEYS, type ConfigItem, type ConfigKey, type ConfigValues } from './contract/config.ts';

type Row = Pick<ConfigRow, 'key' | 'value'>;

/** The values of an organisation's rows; the default where a row is missing or holds nonsense. */
export function configOf(rows: readonly Row[]): ConfigValues {
  const given = new Map(rows.map(({ key, value }) => [key, value]));
  return Object.fromEntries(keys().map((key) => [key, valueOf(key, given.get(key))])) as ConfigValues;
}

/** Every key with all that is known of it; rows of other keys are nobody's. */
export function itemsOf(rows: readonly ConfigRow[]): readonly ConfigItem[] {
  return keys().map((key) => itemOf(key, rows.find((row) => row.key === key) ?? null));
}

export function itemOf(key: ConfigKey, row: ConfigRow | null): ConfigItem {
  return {
    key,
    ...CONFIG_KEYS[key],
    value: valueOf(key, row?.value),
    editable: row?.isEditable ?? true,
    updatedAt: row?.updatedAt.getTime() ?? null,
  };
}

function valueOf(key: ConfigKey, text: string | undefined): number | boolean | string {
  const definition = CONFIG_KEYS[key];
  if (text === undefined) return definition.default;
  switch (definition.type) {
    case 'integer': {
      const number = /^\d+$/.test(text) ? Number(text) : NaN;
      return number >= definition.min && number <= definition.max ? number : definition.default;
    }
    case 'boolean':
      return text === 'true' || (text !== 'false' && definition.default);
    case 'status':
      return text;
  }
}

function keys(): readonly ConfigKey[] {
  return Object.keys(CONFIG_KEYS) as ConfigKey[];
}
