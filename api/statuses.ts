import type { Catalogue } from '../engine/catalogue.ts';
import type { Status } from './contract/statuses.ts';

/** The catalogue as clients draw, offer and edit it. */
export function statusesOf(catalogue: Catalogue): readonly Status[] {
  return catalogue.statuses.map((status) => ({
    code: status.code,
    label: status.label,
    category: status.category,
    colour: status.colour,
    shape: status.shape,
    routable: status.routable,
    selectableBy: status.selectableBy,
    reasonRequired: status.reasonRequired,
    maxSeconds: status.maxSeconds,
    onOverrun: status.onOverrun,
    idleLimit: status.idleLimit,
    archived: status.archived,
  }));
}
