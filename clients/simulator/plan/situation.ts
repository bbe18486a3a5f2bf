import type { Deed, Leaving, Turn } from './script.ts';

/** What has become of an agent by everything done so far: what the sockets are made to agree with. */
export interface Situation {
  readonly isPresent: boolean;
  /** How the agent left the last time. */
  readonly left: Leaving;
  /** What the agent is at; null before anything. */
  readonly turn: Turn | null;
  readonly isActive: boolean;
  readonly hasLine: boolean;
  readonly hasTab: boolean;
}

export const ABSENT: Situation = {
  isPresent: false,
  left: 'log_out',
  turn: null,
  isActive: true,
  hasLine: true,
  hasTab: false,
};

export function situationAfter(situation: Situation, deed: Deed): Situation {
  switch (deed.do) {
    case 'arrive':
      return { ...ABSENT, isPresent: true };
    case 'leave':
      return { ...ABSENT, left: deed.how };
    case 'turn':
      return { ...situation, turn: deed, isActive: true };
    case 'idle':
      return { ...situation, isActive: false };
    case 'stir':
      return { ...situation, isActive: true };
    case 'lose_line':
      return { ...situation, hasLine: false };
    case 'regain_line':
      return { ...situation, hasLine: true };
    case 'open_tab':
      return { ...situation, hasTab: true };
    case 'close_tab':
      return { ...situation, hasTab: false };
  }
}
