/** How often an agent's connection comes and goes (C8). Pure questions, for the rules and for what is shown. */
import type { Configuration, Context } from './axes.ts';
import type { Circumstances, Stimulus } from './inputs.ts';
import { flapWindowMs } from './law.ts';
import type { AgentRecord } from './record.ts';
import { isGraceOver, isLastLive, isOnSocket } from './sessions.ts';

/**
 * Whether the stimulus is a change of connectivity that counts: a loss that neither we nor the platform caused, and what
 * follows a loss that counted: the return, or the end of the grace and then the next log-in. Log-outs and restarts don't.
 */
export function flips(context: Context, stimulus: Stimulus): boolean {
  switch (stimulus.type) {
    case 'lose':
      return (
        !stimulus.byServer &&
        stimulus.frozenUntil === null &&
        isOnSocket(context, stimulus.session) &&
        isLastLive(context, stimulus.session)
      );
    case 'grace':
      return context.isOutByFlip && isGraceOver(context, stimulus);
    case 'open':
      return context.isOutByFlip;
    default:
      return false;
  }
}

/** How many of the changes so far lie within the window. */
export function recentFlips({ flips: before }: Context, { now, law }: Circumstances): number {
  const since = now - flapWindowMs(law);
  let recent = 0;
  for (const at of before) if (at > since) recent++;
  return recent;
}

/** With this one, the changes that count; those that lie too far back are forgotten. */
export function flipsWith(context: Context, circumstances: Circumstances): readonly number[] {
  const { flips: before } = context;
  return before.slice(before.length - recentFlips(context, circumstances)).concat(circumstances.now);
}

/** As it is shown: whoever flaps is about to be lost again. */
export function shownConnectivity({
  connectivity,
  flapping,
}: Pick<AgentRecord, 'connectivity' | 'flapping'>): Configuration['connectivity'] {
  return connectivity === 'connected' && flapping !== null ? 'reconnecting' : connectivity;
}

/** When that will be over if nothing happens. */
export function shownGraceUntil({ connectivity, graceUntil, flapping }: AgentRecord): number | null {
  return connectivity === 'connected' && flapping !== null ? flapping.until : graceUntil;
}
