/**
 * What simulated agents do, and when. A script is pure: the same script gives the same deeds, whatever becomes of them.
 * Its times are milliseconds of its own, of which `speed` pass in a real one.
 */
export interface Script {
  readonly speed: number;
  /** Where the run begins. What lies before counts as done. */
  readonly beginsAt: number;
  /** All that one agent does, in order of time, without end. */
  deedsOf(seat: Seat): Iterator<Deed, void, void>;
}

/** Which agent it is. */
export interface Seat {
  /** From 0. */
  readonly index: number;
  /** Whoever shares it goes to lunch in waves. */
  readonly team: number;
}

export type Deed =
  /** Logs in, at the desk. */
  | (At & { readonly do: 'arrive' })
  | Turn
  /** Shows no sign of activity, until `stir`. */
  | (At & { readonly do: 'idle' | 'stir' })
  /** The network at the desk breaks, and works again. */
  | (At & { readonly do: 'lose_line' | 'regain_line' })
  /** A second device: a tab, a telephone. */
  | (At & { readonly do: 'open_tab' | 'close_tab' })
  /** Logs out in every tab, or just closes the laptop. */
  | (At & { readonly do: 'leave'; readonly how: Leaving });

interface At {
  readonly at: number;
}

export type Leaving = 'log_out' | 'close_lid';

/** Turns to something else. */
export interface Turn extends At {
  readonly do: 'turn';
  readonly to: Occupation;
  /** What the agent would say to somebody who asked. */
  readonly reason: string;
  /** From 0 up to 1: decides where the catalogue offers more than one status. */
  readonly pick: number;
}

/** What somebody at work is at, in words of no catalogue (offer.ts finds the status). */
export type Occupation =
  | 'ready'
  | 'call'
  | 'after_call'
  | 'break'
  | 'lunch'
  | 'meeting'
  | 'training'
  | 'coaching'
  | 'errand'
  /** Whatever is offered, mostly work. */
  | 'anything';
