import type { Stage } from './stage.ts';

/** Something that goes wrong in the world around a server, and what must come of it. */
export interface Scenario {
  /** As it is called on the command line. */
  readonly name: string;
  /** What happens and what it shows, in one line. */
  readonly shows: string;
  /** Whether it can be played against a server that somebody else has started. */
  readonly plays: 'on any server' | 'on a server of its own';
  /** It hardly works the machine: others of the kind may be played beside it, each on a server of its own. */
  readonly mostlyWaits?: boolean;
  /** @throws Fault, or whatever else: then it has failed. @throws NotHere */
  play(stage: Stage): Promise<void>;
}

/** What was found is not what must be. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** It can't be played on this machine. The message says what is missing. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}
