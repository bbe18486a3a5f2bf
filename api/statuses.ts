import type { Catalogue } from '../engine/catalogue.ts';
import type { Status } from './contract/statuses.ts';

/** The catalogue as clients draw and offer it. */
export function statusesOf(catalogue: Catalogue): readonly Status[] {
  return catalogue.statuses.map(
    ({ code, label, category, colour, shape, routable, reasonRequired, maxSeconds, archived }) => ({
      code,
      label,
      category,
      colour,
      shape,
      routable,
      reasonRequired,
      maxSeconds,
      archived,
    }),
  );
}
