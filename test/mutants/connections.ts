/** Section C of docs/spec.md: connections. */
import type { Mutant } from './mutant.ts';

export const CONNECTIONS: readonly Mutant[] = [
  {
    rule: 'C1',
    does: 'takes an agent for lost of whose sessions one is',
    file: 'engine/flips.ts',
    find: 'return live.length === 1 && live[0]?.id === session;',
    replace: 'return live.some(({ id }) => id === session);',
    tests: 'partition-sessions',
  },
  {
    rule: 'C2',
    does: 'goes back to earlier activity that is told late',
    file: 'engine/activity.ts',
    find: 'if (seenAt > this.at(place)) this.seen(place, agoMs);',
    replace: 'this.seen(place, agoMs);',
    tests: 'partition-sessions',
  },
  {
    rule: 'C3',
    does: 'closes no other tab at a log-out',
    file: 'engine/machine.ts',
    find: "leave: [to('disconnected', 'endSessions', 'dismiss')],",
    replace: "leave: [to('disconnected', 'endSessions')],",
    tests: 'partition-sessions',
  },
  {
    rule: 'C4',
    does: 'ends an automatic away with a reconnect',
    file: 'engine/machine.ts',
    find: "          active: [when('stirs', to('active', 'markActive'))],\n",
    replace:
      "          active: [when('stirs', to('active', 'markActive'))],\n          open: [to('active', 'markActive')],\n",
    tests: 'partition-sessions',
  },
  {
    rule: 'C5',
    does: 'waits for a third heartbeat without an answer',
    file: 'api/agent-connection.ts',
    find: 'if (this.#unansweredPings >= MISSED_PINGS)',
    replace: 'if (this.#unansweredPings > MISSED_PINGS)',
    tests: 'api-agent-gateway.test',
  },
  {
    rule: 'C6',
    does: 'forgets at a start whoever was reconnecting already',
    file: 'engine/partition.ts',
    find: "if (directory.at(place, 'connectivity') === 'disconnected') {",
    replace: "if (directory.at(place, 'connectivity') !== 'connected') {",
    tests: 'partition-sessions',
  },
  {
    rule: 'C7',
    does: 'lets the timers run through a mass disconnect',
    file: 'engine/freezes.ts',
    find: "if (isMass) this.#freeze(organisation, 'mass_disconnect');",
    replace: '',
    tests: 'mass-disconnect',
  },
  {
    rule: 'C8',
    does: 'counts connections that the server itself dropped as flapping',
    file: 'engine/flips.ts',
    find: 'return !stimulus.byServer && stimulus.frozenUntil === null',
    replace: 'return stimulus.frozenUntil === null',
    tests: 'flapping',
  },
];
