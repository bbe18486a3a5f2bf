import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ErrorCode, RollcallError } from '../../api/contract/errors.ts';
import type { SummaryEvent } from '../../api/contract/summary.ts';
import type { Tile, WatchEvent } from '../../api/contract/tile.ts';
import {
  BoardFeed,
  type FeedState,
  type WatchListener,
} from '../../clients/wallboard/src/stream/board-feed.ts';
import { tileOf } from '../support/tiles.ts';

/** The other end: what was asked for, and a voice to answer with. */
class Server {
  readonly asked: (string | null)[] = [];
  connections = 0;
  closed = 0;
  tokensRefused = 0;
  #listener: WatchListener | null = null;
  #tell: (event: { readonly data: SummaryEvent }) => void = () => undefined;
  summariesLeft = 0;

  readonly connect = () => {
    this.connections += 1;
    return {
      watch: ({ lastEventId }: { lastEventId: string | null }, listener: WatchListener) => {
        this.asked.push(lastEventId);
        this.#listener = listener;
        return { unsubscribe: () => undefined };
      },
      watchSummary: (_: object, { onData }: { readonly onData: (event: { data: SummaryEvent }) => void }) => {
        this.#tell = onData;
        return { unsubscribe: () => void (this.summariesLeft += 1) };
      },
      close: () => void (this.closed += 1),
    };
  };

  sumsUp(data: SummaryEvent): void {
    this.#tell({ data });
  }

  get listener(): WatchListener {
    if (this.#listener === null) throw new TypeError('nobody watches');
    return this.#listener;
  }

  says(id: string, data: WatchEvent): void {
    this.listener.onData({ id, data });
  }

  snapshot(id: string, ...agents: Tile[]): void {
    this.says(id, { type: 'snapshot', asOf: 1, agents });
  }

  changes(after: string, id: string, ...changes: Tile[]): void {
    this.says(id, { type: 'changes', after, asOf: 2, changes, removed: [] });
  }

  refuses(code: ErrorCode): void {
    const { detail } = new RollcallError('no', { code });
    this.listener.onError(Object.assign(new Error('no'), { data: { rollcall: detail } }));
  }
}

function watched(server: Server): { feed: BoardFeed; states: FeedState[] } {
  const states: FeedState[] = [];
  const feed = new BoardFeed({
    scope: { all: true },
    connect: server.connect,
    onTokenRefused: () => {
      server.tokensRefused += 1;
      return Promise.resolve();
    },
    onChange: (state) => states.push(state),
    onAsOf: () => undefined,
    random: () => 0.5,
  });
  return { feed, states };
}

let server = new Server();
beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
});
afterEach(() => vi.useRealTimers());

describe('G1: a live board has no holes', () => {
  test('a snapshot, then changes', () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1), tileOf(2));
    server.changes('a', 'b', tileOf(2, { status: 'busy', category: 'busy' }));
    expect(feed.state).toMatchObject({ connection: 'open', isLoaded: true, failure: null });
    expect(feed.state.agents.get(2)?.status).toBe('busy');
  });

  test('changes that follow something else are not shown: a new snapshot is asked for', async () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    server.changes('x', 'y', tileOf(1, { status: 'busy', category: 'busy' }));
    expect(feed.state.agents.get(1)?.status).toBe('available');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.asked).toEqual([null, null]);
    server.snapshot('z', tileOf(1, { status: 'away', category: 'away' }));
    expect(feed.state.agents.get(1)?.status).toBe('away');
  });

  test('a subscription that was given up is no longer heard', async () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    const { listener } = server;
    feed.reconnect();
    listener.onData({ id: 'b', data: { type: 'snapshot', asOf: 3, agents: [] } });
    expect(feed.state.agents.size).toBe(1);
  });

  test('a failure on the way is asked past from the cursor that is held', async () => {
    watched(server);
    server.snapshot('a', tileOf(1));
    server.refuses('UNAVAILABLE');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.asked).toEqual([null, 'a']);
  });
});

describe('G5: a lost connection', () => {
  test('is told at once; tiles stay as they were', () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    server.listener.onConnectionStateChange({ state: 'connecting', error: new Error('closed') });
    expect(feed.state).toMatchObject({ connection: 'lost', isLoaded: true });
    expect(feed.state.agents.size).toBe(1);
  });

  test('counts as open again with the first event, not before', () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    server.listener.onConnectionStateChange({ state: 'connecting', error: new Error('closed') });
    server.listener.onConnectionStateChange({ state: 'pending', error: null });
    expect(feed.state.connection).toBe('lost');
    server.changes('a', 'a');
    expect(feed.state.connection).toBe('open');
  });

  test('that only seems open is given up after twenty seconds of silence, and resumed', async () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    await vi.advanceTimersByTimeAsync(19_000);
    expect(server.connections).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server).toMatchObject({ connections: 2, closed: 1, asked: [null, 'a'] });
    expect(feed.state.connection).toBe('lost');
  });

  test('is not given up while the server speaks', async () => {
    watched(server);
    server.snapshot('a', tileOf(1));
    for (let beat = 0; beat < 20; beat++) {
      await vi.advanceTimersByTimeAsync(5_000);
      server.says('a', { type: 'pulse', asOf: beat });
    }
    expect(server.connections).toBe(1);
  });
});

describe('G4: what the server refuses', () => {
  test('a view that changed is watched anew, from a snapshot', async () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    server.refuses('FORBIDDEN');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.asked).toEqual([null, null]);
    server.snapshot('b', tileOf(1));
    expect(feed.state).toMatchObject({ connection: 'open', failure: null });
  });

  test('a right that went takes the tiles with it', async () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    server.refuses('FORBIDDEN');
    await vi.advanceTimersByTimeAsync(1_000);
    server.refuses('FORBIDDEN');
    expect(feed.state).toMatchObject({ isLoaded: false, failure: { code: 'FORBIDDEN' } });
    expect(feed.state.agents.size).toBe(0);
  });

  test('a team that is not there is told, and not asked for again', async () => {
    const { feed } = watched(server);
    server.refuses('NOT_FOUND');
    expect(feed.state.failure?.code).toBe('NOT_FOUND');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toEqual([null]);
  });

  test('a token that is not taken is renewed, and the board goes on', async () => {
    const { feed } = watched(server);
    server.snapshot('a', tileOf(1));
    server.refuses('UNAUTHENTICATED');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server).toMatchObject({ tokensRefused: 1, asked: [null, 'a'] });
    expect(feed.state.failure).toBeNull();
  });

  test('tries come further and further apart, to a bound', async () => {
    watched(server);
    server.refuses('UNAVAILABLE');
    for (let second = 0; second < 300; second++) {
      const before = server.asked.length;
      await vi.advanceTimersByTimeAsync(1_000);
      if (server.asked.length > before) server.refuses('UNAVAILABLE');
    }
    expect(server.asked.length).toBeGreaterThan(25);
    expect(server.asked.length).toBeLessThan(60);
  });

  test('a feed that is over does nothing more', async () => {
    const { feed, states } = watched(server);
    server.snapshot('a', tileOf(1));
    feed[Symbol.dispose]();
    const heard = states.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toHaveLength(heard);
    expect(server).toMatchObject({ connections: 1, closed: 1 });
  });
});

const summary = (incidents: Extract<SummaryEvent, { type: 'summary' }>['incidents']): SummaryEvent => {
  const counts = { total: 0, routable: 0, byStatus: {}, byCategory: {}, byConnectivity: {} };
  return {
    type: 'summary',
    asOf: 1,
    ...(counts as Pick<Extract<SummaryEvent, { type: 'summary' }>, keyof typeof counts>),
    teams: [],
    longest: {},
    overruns: { count: 0 },
    incidents,
  };
};

describe('C7: incidents', () => {
  const RESTART = { kind: 'restart', since: 1, until: 2 } as const;

  test('C7: are those of the newest summary, and stay while the connection is lost', () => {
    const { feed } = watched(server);
    expect(feed.state.incidents).toEqual([]);
    server.sumsUp(summary([RESTART]));
    server.sumsUp({ type: 'pulse', asOf: 2 });
    server.snapshot('a', tileOf(1));
    expect(feed.state.incidents).toEqual([RESTART]);
    feed.reconnect();
    expect([feed.state.incidents, server.summariesLeft]).toEqual([[RESTART], 1]);
    server.sumsUp(summary([]));
    expect(feed.state.incidents).toEqual([]);
  });
});
