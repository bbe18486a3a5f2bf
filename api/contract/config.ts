import { z } from 'zod';
import { statusCodeSchema } from './presence.ts';

/**
 * The keys of SystemConfig: what an organisation may set, within which bounds, and what holds where it sets nothing.
 */
interface IntegerKey {
  readonly type: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly description: string;
}
interface BooleanKey {
  readonly type: 'boolean';
  readonly default: boolean;
  readonly description: string;
}
interface StatusKey {
  readonly type: 'status';
  readonly default: string;
  readonly description: string;
}
type Key = IntegerKey | BooleanKey | StatusKey;

const integer = (
  unit: string,
  [standard, min, max]: readonly [number, number, number],
  description: string,
): IntegerKey => ({
  type: 'integer',
  default: standard,
  min,
  max,
  unit,
  description,
});

export const CONFIG_KEYS = {
  MAX_AGENT_IDLE_TIME: integer('s', [300, 30, 86_400], 'Time without activity until an agent counts as away'),
  WEBSOCKET_HEARTBEAT_INTERVAL: integer('s', [30, 5, 300], 'Time between two heartbeats of a socket'),
  DEFAULT_STATUS_BREAK_DURATION: integer(
    'min',
    [15, 1, 480],
    'Length of a break whose status has no limit of its own',
  ),
  ENABLE_DESKTOP_NOTIFICATIONS: {
    type: 'boolean',
    default: true,
    description: 'Whether clients show desktop notifications',
  },
  MESSAGE_RETENTION_DAYS: integer('days', [90, 1, 3650], 'How long messages are kept'),
  RECONNECT_GRACE_SECONDS: integer(
    's',
    [30, 5, 600],
    'How long an agent whose connection broke may take to come back',
  ),
  DEFAULT_LOGIN_STATUS: {
    type: 'status',
    default: 'available',
    description: 'Status that a fresh log-in starts with',
  },
  BREAKER_MIN_AGENTS: integer('agents', [20, 1, 100_000], 'Fewest drops that count as a mass disconnect'),
  BREAKER_PERCENT: integer(
    '%',
    [20, 1, 100],
    'Share of the connected agents whose drop counts as a mass disconnect',
  ),
  BREAKER_WINDOW_SECONDS: integer('s', [5, 1, 300], 'Time within which they drop'),
  BREAKER_FREEZE_SECONDS: integer('s', [60, 1, 3600], 'How long timers stand still after a mass disconnect'),
  FLAP_LIMIT: integer('changes', [6, 2, 1000], 'Changes of connectivity that count as flapping'),
  FLAP_WINDOW_SECONDS: integer('s', [60, 5, 3600], 'Time within which they happen'),
  SESSION_IDLE_MINUTES: integer('min', [30, 1, 1440], 'Life of a session on requests without a request'),
  HISTORY_RETENTION_DAYS: integer('days', [400, 1, 3650], 'How long history is kept'),
  AUDIT_RETENTION_DAYS: integer('days', [730, 1, 3650], 'How long the audit trail is kept'),
  WRAP_UP_SECONDS: integer('s', [120, 0, 3600], 'Length of a wrap-up whose status has no limit of its own'),
  BREAK_EXTENSION_MINUTES: integer('min', [5, 0, 60], 'Length of the one extension of a break'),
} as const satisfies Record<string, Key>;

export type ConfigKey = keyof typeof CONFIG_KEYS;
type ValueOf<Name extends ConfigKey> = (typeof CONFIG_KEYS)[Name] extends IntegerKey
  ? number
  : (typeof CONFIG_KEYS)[Name] extends BooleanKey
    ? boolean
    : string;

/** One organisation's configuration, complete. */
export type ConfigValues = { readonly [Name in ConfigKey]: ValueOf<Name> };

const configKeySchema = z.enum(Object.keys(CONFIG_KEYS) as [ConfigKey, ...ConfigKey[]]);

/** What a value of a key must be. */
function valueSchemaOf(key: ConfigKey): z.ZodType<number | boolean | string> {
  const definition = CONFIG_KEYS[key];
  switch (definition.type) {
    case 'integer':
      return z.int().min(definition.min).max(definition.max);
    case 'boolean':
      return z.boolean();
    case 'status':
      return statusCodeSchema;
  }
}

export const configKeyInput = z.strictObject({ key: configKeySchema });

export const setConfigInput = z
  .strictObject({ key: configKeySchema, value: z.union([z.number(), z.boolean(), z.string()]) })
  .superRefine(({ key, value }, context) => {
    const parsed = valueSchemaOf(key).safeParse(value);
    for (const { message } of parsed.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['value'], message });
  });

/** A key, with what is set or, where nothing is, what holds by default. */
export interface ConfigItem {
  readonly key: ConfigKey;
  readonly type: Key['type'];
  readonly value: number | boolean | string;
  readonly default: number | boolean | string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly description: string;
  readonly editable: boolean;
  /** Epoch milliseconds; null where nothing is set. */
  readonly updatedAt: number | null;
}
