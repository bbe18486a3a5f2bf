import type { AgentEvent } from '../../engine/events.ts';
import type { Offset } from '../../engine/journal/port.ts';
import {
  type Applied,
  type Projection,
  type ProjectionTarget,
  TargetUnavailable,
} from '../../engine/projection.ts';

/** A target in memory that keeps every obligation, and is away, slow or choosy as it is told. */
export class FakeTarget implements ProjectionTarget {
  readonly name = 'a target';
  readonly events: AgentEvent[] = [];
  readonly projections: Projection[] = [];
  stands: Offset = 0;
  isAway = false;
  asked = 0;
  /** Throws what the target has against a projection. */
  judge: (projection: Projection) => void = () => undefined;
  hold: Promise<void> = Promise.resolve();

  position(): Promise<Offset> {
    this.asked += 1;
    return this.isAway ? away() : Promise.resolve(this.stands);
  }

  async apply(projection: Projection): Promise<Applied> {
    this.asked += 1;
    await this.hold;
    if (this.isAway) return away();
    this.judge(projection);
    const { after, upTo, entries } = projection;
    if (this.stands < after || this.stands >= upTo) return { position: this.stands, missing: 0 };
    this.projections.push(projection);
    for (const entry of entries)
      if (entry.kind === 'event' && entry.offset > this.stands) this.events.push(entry.event);
    this.stands = upTo;
    return { position: upTo, missing: 0 };
  }
}

function away(): Promise<never> {
  return Promise.reject(new TargetUnavailable('the target is away'));
}
