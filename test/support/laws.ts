import { Catalogue, type Status, type Transition } from '../../engine/catalogue.ts';
import type { Config, Law } from '../../engine/law.ts';

type Draft = Pick<Status, 'code' | 'category'> & Partial<Status>;

export function status({ code, category, ...more }: Draft): Status {
  return {
    code,
    category,
    label: code,
    colour: '#808080',
    shape: 'circle',
    routable: category === 'available',
    selectableBy: null,
    reasonRequired: false,
    maxSeconds: null,
    onOverrun: { action: 'alert' },
    idleLimit: 'never',
    archived: false,
    ...more,
  };
}

/** The seeded statuses (A8), and what an organisation may have added. */
export const STATUSES: readonly Status[] = [
  status({ code: 'available', category: 'available', idleLimit: 'default' }),
  status({ code: 'busy', category: 'busy' }),
  status({ code: 'away', category: 'away' }),
  status({ code: 'break', category: 'break' }),
  status({ code: 'wrap_up', category: 'wrap_up' }),
  status({ code: 'offline', category: 'offline' }),
  status({ code: 'lunch', category: 'break' }),
  status({ code: 'meeting', category: 'busy' }),
  status({ code: 'training', category: 'busy', reasonRequired: true }),
  status({ code: 'chat', category: 'available', idleLimit: { seconds: 60 } }),
  status({ code: 'backoffice', category: 'available', routable: false }),
  status({ code: 'coaching', category: 'busy', selectableBy: ['supervisor'] }),
  status({ code: 'retired', category: 'available', archived: true }),
];

/** The seeded graph (A9). */
export const TRANSITIONS: readonly Transition[] = (
  [
    ...(['available', 'busy', 'away'] as const).flatMap((from) =>
      (['available', 'busy', 'away', 'break'] as const).map((to) => [from, to] as const),
    ),
    ['busy', 'wrap_up'],
    ['break', 'available'],
    ...(['available', 'busy', 'away', 'break', 'wrap_up'] as const).map((to) => ['wrap_up', to] as const),
  ] as const
).map(([from, to]) => ({ from: { category: from }, to: { category: to }, role: null }));

export const CONFIG: Config = {
  MAX_AGENT_IDLE_TIME: 300,
  WEBSOCKET_HEARTBEAT_INTERVAL: 30,
  RECONNECT_GRACE_SECONDS: 30,
  DEFAULT_LOGIN_STATUS: 'available',
  DEFAULT_STATUS_BREAK_DURATION: 15,
  BREAK_EXTENSION_MINUTES: 5,
  WRAP_UP_SECONDS: 120,
  FLAP_LIMIT: 6,
  FLAP_WINDOW_SECONDS: 60,
  BREAKER_MIN_AGENTS: 20,
  BREAKER_PERCENT: 20,
  BREAKER_WINDOW_SECONDS: 5,
  BREAKER_FREEZE_SECONDS: 60,
  SESSION_IDLE_MINUTES: 30,
};

export const LAW: Law = { catalogue: new Catalogue(STATUSES, TRANSITIONS), config: CONFIG };
