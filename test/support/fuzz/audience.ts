/** Watchers of every scope, in both views, who come and go; what each one holds must be what the rules say (SPEC G1–G3). */
import type { Subject, Topics } from '../../../engine/topics.ts';
import type { Seeded } from '../seeded.ts';
import { disagree } from '../model/disagreement.ts';
import type { Referee } from '../model/referee.ts';
import { differing, type Fields, type ModelScope, standsIn, tileOf } from '../model/tiles.ts';
import { Spectator } from './spectator.ts';
import { weighing } from './weighted.ts';

const SCOPES: readonly (readonly [organisation: number, scope: ModelScope, view: Subject['view']])[] = [
  [1, { all: true }, 'basic'],
  [1, { all: true }, 'full'],
  [1, { teamId: 1 }, 'full'],
  [1, { teamId: 2 }, 'basic'],
  [1, { department: 'Sales' }, 'basic'],
  [1, { agentId: 1 }, 'full'],
  [1, { admin: true }, 'full'],
  [2, { all: true }, 'full'],
  [2, { teamId: 1 }, 'basic'],
];

/** How many spectators there are. */
export const PLACES = SCOPES.length;

/** What a watcher who comes has in hand: its own cursor, none, one that is not of its board, or a board and its cursor. */
export type Hand =
  | { readonly kind: 'own' | 'none' | 'board' }
  | { readonly kind: 'other'; readonly cursor: string | null };

const cursorKind = weighing({ own: 12, none: 2, foreign: 2, garbage: 2, board: 2 });

/** A topic that nobody watches keeps its window so long. */
const WINDOW_MS = 300_000;
const SILENCE_MS = 5_000;

export interface AudienceOptions {
  readonly random: Seeded;
  readonly referee: Referee;
  readonly now: () => number;
  readonly topics: () => Topics;
}

/** What is no cursor of anybody, however it looks. */
export function garbage(held: string | null): readonly string[] {
  return ['', '.', 'x', '1', `zzzzzzzzzz.${held?.split('.')[1]}`, `${held}x`, '-1.abc', '💥', `.${held}`];
}

export class Audience {
  readonly spectators: readonly Spectator[];
  readonly #options: AudienceOptions;

  constructor(options: AudienceOptions) {
    this.#options = options;
    this.spectators = SCOPES.map(
      ([organisationId, scope, view]) => new Spectator({ organisationId, scope, view }, options.now),
    );
  }

  /** Somebody comes, goes, falls asleep or wakes. */
  stir(): string {
    const { random } = this.#options;
    const at = random.below(this.spectators.length);
    const spectator = this.spectators[at];
    if (spectator === undefined) return 'nobody';
    if (spectator.state !== 'watching') return `${at} comes back with ${this.#join(spectator)}`;
    if (spectator.isAsleep) {
      spectator.wake();
      return `${at} wakes`;
    }
    if (random.chance(0.4)) {
      spectator.isAsleep = true;
      return `${at} falls asleep`;
    }
    spectator.leave();
    return `${at} goes`;
  }

  /** The engine is gone, and with it every connection. */
  cut(): void {
    for (const spectator of this.spectators) if (spectator.state === 'watching') spectator.leave();
  }

  /** Ends the tick, so that everybody has been told everything. */
  flush(): void {
    const { topics } = this.#options;
    for (const { subject } of this.spectators) topics().topic(subject);
  }

  /** Everybody who is awake holds exactly what the rules say; and was told within the silence that this is so. */
  check(): void {
    const { topics, now } = this.#options;
    for (const spectator of this.spectators) {
      spectator.check();
      const { subject, board, state, isAsleep } = spectator;
      if (state !== 'watching' || isAsleep) continue;
      const shown = topics().board(subject);
      if (shown.cursor !== spectator.cursor)
        disagree('another cursor', { shown: shown.cursor, held: spectator.cursor });
      this.#compare(subject, board);
      if (now() - spectator.heardAt > SILENCE_MS + 1000)
        disagree('silence', { subject, heardAt: spectator.heardAt, now: now() });
    }
  }

  /** What the engine itself says of each scope. */
  checkBoards(): void {
    for (const { subject } of this.spectators) {
      const tiles = JSON.parse(this.#options.topics().board(subject).tilesJson) as readonly Fields[];
      this.#compare(subject, new Map(tiles.map((tile) => [Number(tile['id']), tile])));
    }
  }

  #compare({ organisationId, scope, view }: Subject, board: ReadonlyMap<number, Fields>): void {
    let members = 0;
    for (const { agent } of this.#options.referee.seats.values()) {
      if (agent.person.organisation !== organisationId || !standsIn(agent, scope)) continue;
      members += 1;
      const tile = board.get(agent.person.id);
      if (tile === undefined) return disagree('missing on a board', { scope, agent });
      const expected = tileOf(agent, view);
      const field = differing(expected, tile);
      if (field !== null) disagree(`${field} is another on a board`, { scope, expected, tile });
    }
    if (members !== board.size) disagree('somebody too many on a board', { scope, board: [...board.keys()] });
  }

  /** Comes with what it has in hand; so many batches may wait for it. */
  join(spectator: Spectator, hand: Hand, maxWaiting: number): void {
    const { topics, referee, now } = this.#options;
    const held = spectator.cursor;
    const isOfThisLife = held !== null && spectator.life === referee.life;
    const isWithinWindow = isOfThisLife && now() - spectator.leftAt < WINDOW_MS;
    const join = (cursor: string | null, expected: 'changes' | 'snapshot' | null) =>
      spectator.join({ topics: topics(), cursor, expected, maxWaiting, life: referee.life });
    switch (hand.kind) {
      case 'own':
        return join(held, isWithinWindow ? 'changes' : isOfThisLife ? null : 'snapshot');
      case 'none':
        return join(null, 'snapshot');
      case 'other':
        return join(hand.cursor, 'snapshot');
      case 'board': {
        const board = topics().board(spectator.subject);
        spectator.board.clear();
        for (const tile of JSON.parse(board.tilesJson) as readonly Fields[])
          spectator.board.set(Number(tile['id']), tile);
        spectator.cursor = board.cursor;
        return join(board.cursor, 'changes');
      }
    }
  }

  /** The cursors of all but one who have any. */
  cursorsOfOthers(spectator: Spectator): readonly string[] {
    return this.spectators.flatMap((other) => (other === spectator ? [] : (other.cursor ?? [])));
  }

  #join(spectator: Spectator): string {
    const { random } = this.#options;
    const kind = cursorKind(random);
    const hand = this.#hand(spectator, kind);
    this.join(spectator, hand, random.pick([4, 64, 512]));
    return kind;
  }

  #hand(spectator: Spectator, kind: ReturnType<typeof cursorKind>): Hand {
    const { random } = this.#options;
    switch (kind) {
      case 'foreign': {
        const others = this.cursorsOfOthers(spectator);
        return { kind: 'other', cursor: others.length === 0 ? null : random.pick(others) };
      }
      case 'garbage':
        return { kind: 'other', cursor: random.pick(garbage(spectator.cursor)) };
      default:
        return { kind };
    }
  }
}
