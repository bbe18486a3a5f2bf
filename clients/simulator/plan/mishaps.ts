/** What happens beside the work: networks that break, and second devices. */
import type { Chance } from './chance.ts';
import type { Deed } from './script.ts';
import { MINUTE_MS, SECOND_MS, type Shift } from './shift.ts';

export interface MishapsOptions {
  readonly shift: Shift;
  readonly chance: Chance;
  /** Networks keep to real time: so many of the script's milliseconds pass in a real one. */
  readonly speed: number;
  /** Real milliseconds that the server waits for an agent to come back. */
  readonly graceMs: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** How likely a shift has the kind of trouble, and how long each cut takes: real milliseconds. */
const BLIP_MS = [1 * SECOND_MS, 8 * SECOND_MS] as const;
const BLIPS = { share: 0.3, most: 2 };
const BAD_NETWORK = { share: 0.08, least: 5, most: 10 };
const FLAPPING = { share: 0.03, least: 4, most: 6, everyMs: 9 * SECOND_MS };
const LONG_CUT = { share: 0.03, graces: [1.3, 2] as const };
/** Time between two cuts, so that they stay two. */
const APART_MS = 1 * SECOND_MS;

const TAB = { share: 0.15, minutes: [10, 60] as const };
/** Nothing of this happens right at log-in. */
const SETTLED_MS = 3 * MINUTE_MS;

/** In order of time; all of it lies within the shift. */
export function mishapsOf(options: MishapsOptions): readonly Deed[] {
  const { shift } = options;
  const from = Math.max(shift.startsAt, shift.arrivesAt) + SETTLED_MS;
  const within = { from, to: shift.endsAt };
  const cuts = apart(cutsOf(options, within), APART_MS * options.speed).filter(isWithin(within));
  const tabs = tabsOf(options.chance, within).filter(isWithin(within));
  return [
    ...cuts.flatMap((cut): Deed[] => [
      { at: cut.from, do: 'lose_line' },
      { at: cut.to, do: 'regain_line' },
    ]),
    ...tabs.flatMap((tab): Deed[] => [
      { at: tab.from, do: 'open_tab' },
      { at: tab.to, do: 'close_tab' },
    ]),
  ].sort((a, b) => a.at - b.at);
}

function cutsOf({ chance, speed, graceMs }: MishapsOptions, within: Span): readonly Span[] {
  const begin = () => chance.between(within.from, within.to);
  const cut = (from: number, realMs: number): Span => ({ from, to: from + realMs * speed });
  const many = (count: number, make: (index: number) => Span) =>
    Array.from({ length: Math.round(count) }, (_, index) => make(index));
  const blips = (count: number) => many(count, () => cut(begin(), chance.between(...BLIP_MS)));
  const cuts: Span[] = [];
  if (chance.happens(BLIPS.share)) cuts.push(...blips(chance.between(1, BLIPS.most)));
  if (chance.happens(BAD_NETWORK.share))
    cuts.push(...blips(chance.between(BAD_NETWORK.least, BAD_NETWORK.most)));
  if (chance.happens(LONG_CUT.share)) cuts.push(cut(begin(), graceMs * chance.between(...LONG_CUT.graces)));
  if (chance.happens(FLAPPING.share)) {
    const from = begin();
    const every = FLAPPING.everyMs * speed;
    cuts.push(
      ...many(chance.between(FLAPPING.least, FLAPPING.most), (index) =>
        cut(from + index * every, chance.between(1, 3) * SECOND_MS),
      ),
    );
  }
  return cuts;
}

function tabsOf(chance: Chance, within: Span): readonly Span[] {
  if (!chance.happens(TAB.share)) return [];
  const from = chance.between(within.from, within.to);
  return [{ from, to: from + chance.between(...TAB.minutes) * MINUTE_MS }];
}

/** In order, without those that begin before the one before them has been over for a while. */
function apart(spans: readonly Span[], gap: number): readonly Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from))
    if (span.from >= (kept.at(-1)?.to ?? -Infinity) + gap) kept.push(span);
  return kept;
}

function isWithin(outer: Span): (span: Span) => boolean {
  return ({ from, to }) => from >= outer.from && to <= outer.to;
}
