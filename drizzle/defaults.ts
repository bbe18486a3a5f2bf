/** What every organisation starts with: the seeded catalogue (A8) and graph (A9). */
import type { Status, Transition } from './repositories/statuses.ts';
import type { DutyCategory } from './schema/statuses.ts';

/** What a status is where nothing else is said of it. */
export const PLAIN = {
  routable: false,
  selectableBy: null,
  reasonRequired: false,
  maxSeconds: null,
  onOverrun: { action: 'alert' },
  idleLimit: 'never',
  archived: false,
} as const satisfies Partial<Status>;

/** Break and wrap-up have no limit of their own: the configuration's holds. */
export const DEFAULT_STATUSES: readonly Status[] = [
  {
    ...PLAIN,
    code: 'available',
    label: 'Available',
    category: 'available',
    colour: '#2e7d32',
    shape: 'circle',
    routable: true,
    idleLimit: 'default',
  },
  { ...PLAIN, code: 'busy', label: 'Busy', category: 'busy', colour: '#c62828', shape: 'square' },
  { ...PLAIN, code: 'away', label: 'Away', category: 'away', colour: '#b26a00', shape: 'triangle' },
  { ...PLAIN, code: 'break', label: 'Break', category: 'break', colour: '#1565c0', shape: 'diamond' },
  { ...PLAIN, code: 'wrap_up', label: 'Wrap-up', category: 'wrap_up', colour: '#6a1b9a', shape: 'hexagon' },
  { ...PLAIN, code: 'offline', label: 'Offline', category: 'offline', colour: '#616161', shape: 'ring' },
];

/** Categories that follow one another freely, also from one code to another of the same category. */
const FREE = ['available', 'busy', 'away'] as const satisfies DutyCategory[];

export const DEFAULT_TRANSITIONS: readonly Transition[] = [
  ...FREE.flatMap((from) => FREE.map((to) => follows(from, to))),
  ...FREE.map((from) => follows(from, 'break')),
  follows('busy', 'wrap_up'),
  follows('break', 'available'),
  ...([...FREE, 'break', 'wrap_up'] as const).map((to) => follows('wrap_up', to)),
];

function follows(from: DutyCategory, to: DutyCategory): Transition {
  return { from: { category: from }, to: { category: to }, role: null };
}
