import type { Listener } from '../../engine/listeners.ts';
import type { Subject } from '../../engine/topics.ts';
import { viewOf } from './permissions.ts';
import { type Asking, viewerOf } from './scopes.ts';

/**
 * Watches the right to a subject for as long as somebody watches the subject (SPEC G4). Calls `onLost` once, when
 * whoever asked may not see it any more, or not in this view; soon, where that is so already. Disposing ends it.
 *
 * It looks when something may have changed: the member's own record, that of the agent who is watched, or who
 * supervises which team. Nothing is asked of the database.
 */
export function holdRight(asking: Asking, subject: Subject, onLost: () => void): Disposable {
  const { engine, teams, principal } = asking;
  const { organisationId, scope, view } = subject;
  const watched = 'agentId' in scope ? scope.agentId : null;
  let isOver = false;
  const stillHolds = () => {
    const member = engine.record(principal.member.id)?.member;
    if (member?.active !== true) return false;
    const target = watched === null ? null : (engine.record(watched)?.member ?? null);
    return viewOf(viewerOf({ ...asking, principal: { member } }), scope, target) === view;
  };
  const look = () => {
    if (isOver || stillHolds()) return;
    isOver = true;
    onLost();
  };
  const onEvent: Listener = ({ event }) => {
    if (event.set.member !== undefined) look();
  };
  const held = [
    engine.listen(principal.member.id, onEvent),
    ...(watched === null ? [] : [engine.listen(watched, onEvent)]),
    teams.listen((changed) => {
      if (changed === organisationId) look();
    }),
  ];
  queueMicrotask(look);
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      for (const listening of held) listening[Symbol.dispose]();
    },
  };
}
