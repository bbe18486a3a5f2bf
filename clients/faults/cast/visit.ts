import type { Login } from '../../sdk/login.ts';
import { compareHistory, type Promised, timelineOf } from '../judging/history.ts';
import type { Site, Stage } from '../stage.ts';
import { type Answer, Wire } from './wire.ts';

const SOON_MS = 5_000;

export interface VisitOptions {
  readonly stage: Stage;
  readonly site: Site;
  readonly login: Login;
}

/** An agent on a wire: welcomed, and shown so on the board. */
export interface Visit extends VisitOptions {
  readonly wire: Wire;
  readonly agentId: number;
  readonly session: string;
  /** The agent's seq when it was welcomed. */
  readonly seq: number;
}

export async function visit(options: VisitOptions): Promise<Visit> {
  const { stage, site, login } = options;
  const wire = await stage.open(() => Wire.open(site.url));
  const { session, seq } = await wire.hello({ token: await login.token(), device: 'faults' });
  const agentId = login.user.id;
  await site.board.until(agentId, (tile) => tile.seq >= seq, {
    what: 'the board shows who came',
    withinMs: SOON_MS,
  });
  return { ...options, wire, agentId, session, seq };
}

/** The history must be whole, and hold exactly these choices. */
export async function mustHaveChosen(
  { stage, site, login }: VisitOptions,
  promised: readonly Promised[],
): Promise<void> {
  const agentId = login.user.id;
  const entries = await timelineOf(site.manager, agentId, site.since);
  stage.story.mustBeNone(
    compareHistory({ agentId, promised }, entries),
    `the history is whole and holds exactly that: ${promised.length} choices in ${entries.length} events`,
  );
}

/** Null for a refusal. */
export function seqOf(answer: Answer | undefined): number | null {
  return answer?.op === 'ok' ? answer.seq : null;
}
