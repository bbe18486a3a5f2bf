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
      const shown: Offset[] = [];
      const follow = async function* (after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch> {
        for await (const batch of inner.follow(after, signal)) {
          if (lost.has(batch.offset)) continue;
          if (batch.offset > (shown.at(-1) ?? 0)) {
            shown.push(batch.offset);
            if (random.chance(SELDOM)) lost.add(batch.offset);
          }
          yield batch;
        }
      };
      // Who starts waits for no batch that never comes.
      const head = async () => {
        const newest = await inner.head();
        return lost.has(newest) ? (shown.findLast((offset) => !lost.has(offset)) ?? 0) : newest;
      };
      return overlaid(inner, { follow, head });
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
    law: (law) => withMore(law, 'RECONNECT_GRACE_SECONDS', 1),
  },
  'an idle limit that is ten seconds too short': {
    law: (law) => withMore(law, 'MAX_AGENT_IDLE_TIME', -10),
  },
  'a break that is a minute too long': {
    law: (law) => withMore(law, 'DEFAULT_STATUS_BREAK_DURATION', 1),
  },
  'a wrap-up that is a second too short': { law: (law) => withMore(law, 'WRAP_UP_SECONDS', -1) },
  'an extension of a minute more': { law: (law) => withMore(law, 'BREAK_EXTENSION_MINUTES', 1) },
  'a connection that may flap once more': { law: (law) => withMore(law, 'FLAP_LIMIT', 1) },
  'a mass disconnect that takes one more': { law: (law) => withMore(law, 'BREAKER_MIN_AGENTS', 1) },
  'a freeze that is a second too short': { law: (law) => withMore(law, 'BREAKER_FREEZE_SECONDS', -1) },
  'an end of time that nothing follows': {
    law: (law) => {
      const { statuses, transitions } = law.catalogue;
      const alert = statuses.map((status) => ({ ...status, onOverrun: { action: 'alert' } as const }));
      return lawWith(law, { catalogue: new Catalogue(alert, transitions) });
    },
  },
  'an engine that takes for now what is for later': {
    engine: (inner) =>
      overlaid(inner, {
        dispatch: (agent, request) => {
          const { input } = request;
          if (input.type === 'queue')
            return inner.dispatch(agent, { ...request, input: { ...input, type: 'choose' } });
          if (input.type === 'queue_force')
            return inner.dispatch(agent, { ...request, input: { ...input, type: 'force' } });
          return inner.dispatch(agent, request);
        },
      }),
  },
  'an engine that forgets which commands it has seen': {
    engine: (inner) =>
      overlaid(inner, {
        dispatch: (agent, request) => {
          const { command: _, ...rest } = request;
          return inner.dispatch(agent, rest);
        },
      }),
  },
  'an engine that does not hear of a lost connection': {
    engine: (inner, random) =>
      overlaid(inner, {
        lose: (agent, ...lost) => (random.chance(OFTEN) ? undefined : inner.lose(agent, ...lost)),
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
        dispatch: (agent, request) => {
          const { expectSeq: _, ...rest } = request;
          return inner.dispatch(agent, rest);
        },
      }),
  },
  'requests that keep a session a minute longer': { law: (law) => withMore(law, 'SESSION_IDLE_MINUTES', 1) },
  'an engine that begins no session for requests': {
    engine: (inner) =>
      overlaid(inner, {
        dispatch: (agent, request) => {
          const { opening: _, ...rest } = request;
          return inner.dispatch(agent, rest);
        },
      }),
  },
  'an engine that does not hear of a log-in session that ended': {
    engine: (inner, random) =>
      overlaid(inner, {
        lapse: (kept) => (random.chance(OFTEN) ? undefined : inner.lapse(kept)),
      }),
  },
  'an engine that believes it knows as much as everybody': {
    engine: (inner) =>
      overlaid(inner, {
        dispatch: (agent, request) => {
          const { input } = request;
          const known = input.type === 'open' && input.resume;
          return known
            ? inner.dispatch(agent, { ...request, input: { ...input, resume: { ...known, seq: 0 } } })
            : inner.dispatch(agent, request);
        },
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

function withMore(
  { catalogue, config }: Law,
  key: Exclude<keyof Law['config'], 'DEFAULT_LOGIN_STATUS'>,
  more: number,
): Law {
  return { catalogue, config: { ...config, [key]: config[key] + more } };
}

function fail(): never {
  throw new RangeError('nobody has claimed the partition');
}
