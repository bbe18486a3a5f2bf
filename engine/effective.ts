import type { Configuration, Context } from './axes.ts';
import { CAPACITY_CODE, IDLE_CODE, OFFLINE } from './catalogue.ts';
import type { Effective } from './events.ts';
import { idleLimitMs, type Law } from './law.ts';

/** The effective status (A4), and whether work may be routed to the agent (A6). */
export function effective(axes: Configuration & Context, law: Law): Omit<Effective, 'since'> {
  const { status, category, cause } = seenOf(axes, law);
  const routable =
    axes.connectivity === 'connected' &&
    axes.stability === 'steady' &&
    category === 'available' &&
    axes.workload !== 'full' &&
    law.catalogue.status(status)?.routable === true;
  return { status, category, cause, routable };
}

/** The first match wins. */
function seenOf(axes: Configuration & Context, law: Law): Pick<Effective, 'status' | 'category' | 'cause'> {
  const duty = axes.dutyCode === null ? null : law.catalogue.status(axes.dutyCode);
  if (axes.connectivity === 'disconnected' || axes.duty === 'off' || duty === null)
    return { status: OFFLINE, category: OFFLINE, cause: axes.dutyCause };
  if (axes.forced !== null)
    return { status: axes.forced.code, category: axes.forced.category, cause: 'override' };
  if (axes.duty === 'break' || axes.duty === 'wrap_up' || axes.duty === 'away')
    return { status: duty.code, category: axes.duty, cause: axes.dutyCause };
  if (axes.duty === 'available' && axes.workload === 'full')
    return { status: CAPACITY_CODE, category: 'busy', cause: 'capacity' };
  if (axes.activity === 'idle' && idleLimitMs(law, duty) !== null)
    return { status: IDLE_CODE, category: 'away', cause: 'idle' };
  return { status: duty.code, category: axes.duty, cause: axes.dutyCause };
}
