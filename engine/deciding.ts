import { apply, type Bench, decide } from './agent.ts';
import type { Refusal } from './errors.ts';
import type { AgentEvent } from './events.ts';
import type { AgentRecord } from './record.ts';
import type { Request } from './requests.ts';

/** What comes of a request: its events, in their order, are true together or not at all. */
export type Outcome =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly events: readonly AgentEvent[] };

/** Decides a request. Where a session has to begin first, it does so only if what it begins for is all right. Pure. */
export function decideRequest(record: AgentRecord, request: Request, circumstances: Circumstances): Outcome {
  const { input, command, expectSeq, opening } = request;
  if (opening === undefined || record.connectivity !== 'disconnected') {
    const decision = decide(record, input, { command, expectSeq, ...circumstances });
    return decision.kind === 'changed' ? { kind: 'changed', events: [decision.event] } : decision;
  }
  const opened = decide(record, opening, { expectSeq, ...circumstances });
  if (opened.kind !== 'changed') return opened;
  const then = decide(apply(record, opened.event), input, { command, ...circumstances });
  switch (then.kind) {
    case 'refused':
      return then;
    case 'unchanged':
      // Whoever logs in with the very status that is chosen: the command is done with that, also after a restart (B6).
      return { kind: 'changed', events: [{ ...opened.event, ...(command !== undefined && { command }) }] };
    case 'changed':
      return { kind: 'changed', events: [opened.event, then.event] };
  }
}

type Circumstances = Omit<Bench, 'command' | 'expectSeq'>;
