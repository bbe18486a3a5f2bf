import { describe, expect, test } from 'vitest';
import { Breaker, type Observed } from '../../engine/breaker.ts';

const LIMITS = { BREAKER_MIN_AGENTS: 3, BREAKER_PERCENT: 20, BREAKER_WINDOW_SECONDS: 5 };

/** A breaker with so many connected, ids from 1. Each deed answers whether it made a mass disconnect. */
function withConnected(count: number, limits = LIMITS) {
  const breaker = new Breaker();
  const now = new Map<number, Observed['connectivity']>();
  breaker.load(count);
  for (let agentId = 1; agentId <= count; agentId++) now.set(agentId, 'connected');
  const observe = (connectivity: Observed['connectivity']) => (agentId: number, at: number) => {
    const before = now.get(agentId) ?? 'disconnected';
    now.set(agentId, connectivity);
    return breaker.observe({ agentId, before, connectivity, at }, limits);
  };
  return {
    breaker,
    loses: observe('reconnecting'),
    returns: observe('connected'),
    goes: observe('disconnected'),
  };
}

describe('C7: a mass disconnect', () => {
  test('C7: is so many, and such a share of those who were connected', () => {
    const { loses } = withConnected(15);
    expect([1, 2, 3].map((id) => loses(id, 1_000))).toEqual([false, false, true]);
    const more = withConnected(16);
    expect([1, 2, 3, 4].map((id) => more.loses(id, 1_000))).toEqual([false, false, false, true]);
    const few = withConnected(2);
    expect([1, 2].map((id) => few.loses(id, 1_000))).toEqual([false, false]);
  });

  test('C7: within the window, by the time of the events', () => {
    const { loses } = withConnected(10);
    expect(loses(1, 0)).toBe(false);
    expect(loses(2, 4_000)).toBe(false);
    expect(loses(3, 5_000)).toBe(false);
    expect(loses(4, 8_999)).toBe(true);
  });

  test('C7: within the window, though an older loss be written later', () => {
    const { loses } = withConnected(10);
    expect(loses(1, 60_000)).toBe(false);
    expect(loses(2, 1_000)).toBe(false);
    expect(loses(3, 61_000)).toBe(false);
    expect(loses(4, 57_000)).toBe(true);
  });

  test('C7: counts agents, not losses; who came back has been lost all the same', () => {
    const { loses, returns } = withConnected(10);
    for (let at = 0; at < 3_000; at += 100) {
      expect(loses(1, at)).toBe(false);
      returns(1, at);
    }
    expect(loses(2, 3_000)).toBe(false);
    expect(loses(3, 3_000)).toBe(true);
  });

  test('C7: log-outs, and the ends of graces, are none', () => {
    const { goes, loses } = withConnected(10);
    for (let id = 1; id <= 6; id++) expect(goes(id, 1_000)).toBe(false);
    expect(loses(7, 1_000)).toBe(false);
    expect(goes(7, 1_000)).toBe(false);
    expect(loses(8, 1_000)).toBe(false);
    expect(loses(9, 1_000)).toBe(true);
  });

  test('C7: the share is of those who were connected before, though some have left since', () => {
    const { loses, returns, goes } = withConnected(5, { ...LIMITS, BREAKER_PERCENT: 100 });
    for (const id of [1, 2]) loses(id, 0);
    returns(1, 100);
    goes(1, 200);
    expect(loses(3, 300)).toBe(false);
    expect(loses(4, 300)).toBe(false);
    expect(loses(5, 300)).toBe(true);
  });

  test('C7: what was counted is forgotten with a freeze', () => {
    const { breaker, loses, returns } = withConnected(10);
    for (const id of [1, 2]) loses(id, 0);
    breaker.reset();
    expect(loses(3, 100)).toBe(false);
    returns(1, 200);
    expect(loses(1, 300)).toBe(false);
    expect(loses(4, 400)).toBe(true);
  });

  test('C7: counts as one does who looks at everybody, whatever happens', () => {
    const { loses, returns, goes } = withConnected(40, { ...LIMITS, BREAKER_PERCENT: 60 });
    const connected = new Set(Array.from({ length: 40 }, (_, at) => at + 1));
    const lost = new Map<number, number>();
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const told: unknown[] = [];
    const expected: unknown[] = [];
    for (let at = 0; at < 600_000; at += random(400)) {
      const id = 1 + random(40);
      const deed = random(10);
      if (deed < 4) {
        if (connected.has(id)) lost.set(id, at);
        const isLoss = connected.delete(id);
        const within = [...lost].filter(([, when]) => when > at - 5_000).map(([agent]) => agent);
        const before = new Set([...connected, ...within]).size;
        expected.push([at, isLoss && within.length >= 3 && within.length * 100 >= 60 * before]);
        told.push([at, loses(id, at)]);
      } else if (deed < 9) {
        connected.add(id);
        returns(id, at);
      } else {
        connected.delete(id);
        goes(id, at);
      }
    }
    expect(told).toEqual(expected);
  });
});
