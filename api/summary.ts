import type { AgentRecord } from '../engine/record.ts';
import { CATEGORIES, type Summary } from './contract/tile.ts';

const NO_CATEGORY = Object.fromEntries(CATEGORIES.map((category) => [category, 0])) as Summary['byCategory'];
const NO_CONNECTIVITY = { connected: 0, reconnecting: 0, disconnected: 0 };

/** How many agents are what. */
export function summaryOf(asOf: number, records: readonly AgentRecord[]): Summary {
  return {
    asOf,
    total: records.length,
    routable: records.filter(({ routable }) => routable).length,
    byStatus: count(records.map(({ status }) => status)),
    byCategory: { ...NO_CATEGORY, ...count(records.map(({ category }) => category)) },
    byConnectivity: { ...NO_CONNECTIVITY, ...count(records.map(({ connectivity }) => connectivity)) },
  };
}

function count(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
