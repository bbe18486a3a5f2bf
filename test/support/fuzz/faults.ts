/** Faults such as an engine, its journal or its clock might have. Each is put on from outside; the fuzz has to see all of them. */
import { Catalogue } from '../../../engine/catalogue.ts';
import type { CommittedBatch, Offset, Writer } from '../../../engine/journal/port.ts';
import type { Law } from '../../../engine/law.ts';
import type { Tampering } from './arena.ts';

const OFTEN = 0.1;
const SELDOM = 0.01;

export const faults = {
  'a journal that acknowledges what it then loses': {
    journal: (inner, random) => {
      const lost = new Set<Offset>();
      let shown = 0;
      const follow = async function* (after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch> {
        for await (const batch of inner.follow(after, signal)) {
          if (lost.has(batch.offset)) continue;
          if (batch.offset > shown && random.chance(SELDOM)) lost.add(batch.offset);
          shown = Math.max(shown, batch.offset);
          yield batch;
        }
      };
      return overlaid(inner, { follow });
    },
  },
  'a journal that shows a batch twice': {
    journal: (inner, random) => {
      const follow = async function* (after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch> {
        for await (const batch of inner.follow(after, signal)) {
          yield batch;
          if (random.chance(SELDOM)) yield { ...batch, offset: batch.offset + 0.5 };
        }
      };
      return overlaid(inner, { follow });
    },
  },
  'a journal that lets everyone write': {
    journal: (inner) => {
      const newest = new Map<number, Writer>();
      const claim = async (partition: number, node: string): Promise<Writer> => {
        newest.set(partition, await inner.claim(partition, node));
        const now = () => newest.get(partition) ?? fail();
        const { term, claimedAt } = now();
        return {
          partition,
          term,
          claimedAt,
          append: (batch) => now().append({ ...batch, term: now().term }),
          release: () => Promise.resolve(),
        };
      };
      return overlaid(inner, { claim });
    },
  },
  'snapshots that say they are newer than they are': {
    snapshots: (inner, random) =>
      overlaid(inner, {
        newest: async (partition, epoch) => {
          const image = await inner.newest(partition, epoch);
          return image && { ...image, offset: image.offset + random.below(3) };
        },
      }),
  },
  'snapshots without what commands came to': {
    snapshots: (inner) =>
      overlaid(inner, {
        newest: async (partition, epoch) => {
          const image = await inner.newest(partition, epoch);
          return (
            image && {
              ...image,
              block: (name, read) => !name.startsWith('answers') && image.block(name, read),
            }
          );
        },
      }),
  },
  'boards that leave out a batch': {
    topics: (inner, random) =>
      overlaid(inner, {
        watch: (subject, cursor, hear) =>
          inner.watch(subject, cursor, (sent) => random.chance(SELDOM) || hear(sent)),
      }),
  },
  'boards that send a batch twice': {
    topics: (inner, random) =>
      overlaid(inner, {
        watch: (subject, cursor, hear) =>
          inner.watch(subject, cursor, (sent) => {
            hear(sent);
            if (random.chance(SELDOM)) hear(sent);
          }),
      }),
  },
  'a clock that goes back': {
    clock: (inner, random) =>
      overlaid(inner, { now: () => inner.now() - (random.chance(SELDOM) ? 5_000 : 0) }),
  },
  'a timer that is never told': {
    clock: (inner, random) =>
      overlaid(inner, {
        after: (delayMs, run) => inner.after(delayMs, () => random.chance(OFTEN) || run()),
      }),
  },
  'a wheel that stands': {
    clock: (inner) => overlaid(inner, { every: () => ({ [Symbol.dispose]: () => undefined }) }),
  },
  'a graph that lets busy follow a break': {
    law: (law) => {
      const { statuses } = law.catalogue;
      const pairs = ['available', 'busy'] as const;
      const transitions = pairs.map(
        (to) => ({ from: { category: 'break' }, to: { category: to }, role: null }) as const,
      );
      return lawWith(law, { catalogue: new Catalogue(statuses, transitions) });
    },
  },
  'a grace that is a second too long': {
    law: (law) =>
      lawWith(law, {
        config: { ...law.config, RECONNECT_GRACE_SECONDS: law.config.RECONNECT_GRACE_SECONDS + 1 },
      }),
  },
  'an idle limit that is ten seconds too short': {
    law: (law) =>
      lawWith(law, { config: { ...law.config, MAX_AGENT_IDLE_TIME: law.config.MAX_AGENT_IDLE_TIME - 10 } }),
  },
  'an engine that forgets which commands it has seen': {
    engine: (inner) =>
      overlaid(inner, {
        dispatch: (agent, { input, expectSeq }) =>
          inner.dispatch(agent, { input, ...(expectSeq !== undefined && { expectSeq }) }),
      }),
  },
  'an engine that does not hear of a lost connection': {
    engine: (inner, random) =>
      overlaid(inner, {
        lose: (agent, session) => (random.chance(OFTEN) ? undefined : inner.lose(agent, session)),
      }),
  },
  'an engine that misses activity': {
    engine: (inner, random) =>
      overlaid(inner, {
        touch: (agent, session, at) => (random.chance(OFTEN) ? undefined : inner.touch(agent, session, at)),
      }),
  },
  'an engine that does not care which seq is expected': {
    engine: (inner) =>
      overlaid(inner, {
        dispatch: (agent, { input, command }) =>
          inner.dispatch(agent, { input, ...(command !== undefined && { command }) }),
      }),
  },
} as const satisfies Readonly<Record<string, Tampering>>;

/** The same object, but for these. */
function overlaid<Part extends object>(inner: Part, overlay: Partial<Part>): Part {
  return new Proxy(inner, {
    get: (target, key): unknown => {
      const value: unknown = Reflect.get(key in overlay ? overlay : target, key);
      return typeof value === 'function' ? (value.bind(key in overlay ? overlay : target) as unknown) : value;
    },
  });
}

function lawWith(law: Law, changes: Partial<Law>): Law {
  return { ...law, ...changes };
}

function fail(): never {
  throw new RangeError('nobody has claimed the partition');
}
