import type { Category } from '../../../../api/contract/tile.ts';

/** The outlines that tell statuses apart without colour. */
export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'hexagon' | 'ring';

/** How a status is drawn. Its colour follows from the category (tones.css). */
export interface StatusStyle {
  readonly label: string;
  readonly shape: Shape;
}

const SHAPES: Readonly<Record<Category, Shape>> = {
  available: 'circle',
  busy: 'square',
  away: 'triangle',
  break: 'diamond',
  wrap_up: 'hexagon',
  offline: 'ring',
};

/** Codes whose words are not simply their own. */
const LABELS: Readonly<Record<string, string>> = { wrap_up: 'Wrap-up' };

/** The order in which categories are shown everywhere: from free to gone. */
export const CATEGORY_ORDER: readonly Category[] = [
  'available',
  'busy',
  'wrap_up',
  'away',
  'break',
  'offline',
];

/** A status in words: `team_meeting` → `Team meeting`. */
export function labelOf(status: string): string {
  const known = LABELS[status];
  if (known !== undefined) return known;
  const words = status.replaceAll(/[_\s]+/g, ' ').trim();
  return words.charAt(0).toLocaleUpperCase('en-GB') + words.slice(1);
}

export function styleOf(status: string, category: Category): StatusStyle {
  return { label: labelOf(status), shape: SHAPES[category] };
}
