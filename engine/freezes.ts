/**
 * Which organisations' timers stand still, because the platform lost their agents and not the agents it (C7): after a
 * mass disconnect, and after the engine's own start. Fed by the committed feed alone, so that every node of a cluster
 * finds the same.
 */
import { Breaker } from './breaker.ts';
import type { Clock } from './clock.ts';
import type { Law } from './law.ts';
import type { Member } from './member.ts';
import type { Committed } from './partition.ts';

export interface FreezesOptions {
  readonly clock: Clock;
  readonly law: (organisationId: number) => Law;
}

/** Times are epoch milliseconds. */
export interface PlatformIncident {
  readonly kind: 'mass_disconnect' | 'restart';
  readonly since: number;
  readonly until: number;
}

interface Freeze {
  readonly incident: PlatformIncident;
  /** Monotonic milliseconds: a clock that jumps neither draws it out nor cuts it short. */
  readonly endsAt: number;
  readonly end: Disposable;
  /** Told so: a timer may be a little early or late. */
  isOver: boolean;
}

/** What would come due inside a freeze comes at its end, spread over so many seconds. */
const SPREAD_SECONDS = 10;

export class Freezes implements Disposable {
  readonly #options: FreezesOptions;
  readonly #breakers = new Map<number, Breaker>();
  readonly #freezes = new Map<number, Freeze>();

  #onChanged: (organisationId: number) => void = () => undefined;

  constructor(options: FreezesOptions) {
    this.#options = options;
  }

  /** Hears when a freeze of an organisation begins or ends. */
  listen(onChanged: (organisationId: number) => void): void {
    this.#onChanged = onChanged;
  }

  /** The engine starts, and finds so many connected of each organisation that has agents here: they have lost it. */
  begin(connected: ReadonlyMap<number, number>): void {
    for (const [organisationId, count] of connected) {
      this.#breakerOf(organisationId).load(count);
      this.#freeze(organisationId, 'restart');
    }
  }

  /** Something happened. Answers whether a freeze has begun with it. */
  observe({ event, before }: Pick<Committed, 'event' | 'before'>): boolean {
    const { agent: agentId, organisation, at } = event;
    const { connectivity } = event.set;
    if (connectivity === undefined) return false;
    const { clock, law } = this.#options;
    const breaker = this.#breakerOf(organisation);
    // Agents whose lines of time lie apart, because the clock was set, were lost together all the same.
    const seenAt = clock.monotonic() - Math.max(0, clock.now() - at);
    const isMass = breaker.observe(
      { agentId, before: before.connectivity, connectivity, at: seenAt },
      law(organisation).config,
    );
    if (this.#running(organisation) !== null) {
      breaker.reset();
      return false;
    }
    if (isMass) this.#freeze(organisation, 'mass_disconnect');
    return isMass;
  }

  /** When what is due for an agent inside the freeze comes instead, on a line where it is `now`; null while there is none. */
  until({ id, organisationId }: Pick<Member, 'id' | 'organisationId'>, now: number): number | null {
    const freeze = this.#freezes.get(organisationId);
    if (freeze === undefined) return null;
    const leftMs = freeze.endsAt + (id % SPREAD_SECONDS) * 1000 - this.#options.clock.monotonic();
    return leftMs > 0 ? Math.round(now + leftMs) : null;
  }

  /** The freeze that runs, as people are told of it. */
  incident(organisationId: number): PlatformIncident | null {
    return this.#running(organisationId)?.incident ?? null;
  }

  [Symbol.dispose](): void {
    for (const { end } of this.#freezes.values()) end[Symbol.dispose]();
  }

  #running(organisationId: number): Freeze | null {
    const freeze = this.#freezes.get(organisationId);
    if (freeze === undefined || freeze.isOver) return null;
    return this.#options.clock.monotonic() < freeze.endsAt ? freeze : null;
  }

  #freeze(organisationId: number, kind: PlatformIncident['kind']): void {
    const { clock, law } = this.#options;
    const lastsMs = law(organisationId).config.BREAKER_FREEZE_SECONDS * 1000;
    const since = clock.now();
    const freeze: Freeze = {
      incident: { kind, since, until: since + lastsMs },
      endsAt: clock.monotonic() + lastsMs,
      end: clock.after(lastsMs, () => {
        freeze.isOver = true;
        this.#onChanged(organisationId);
      }),
      isOver: false,
    };
    this.#freezes.set(organisationId, freeze);
    this.#breakerOf(organisationId).reset();
    this.#onChanged(organisationId);
  }

  #breakerOf(organisationId: number): Breaker {
    const known = this.#breakers.get(organisationId);
    if (known !== undefined) return known;
    const made = new Breaker();
    this.#breakers.set(organisationId, made);
    return made;
  }
}
