/** What a record tells of the limit of its duty, where the law has set one. */
export interface Limited {
  readonly limit?: string;
  readonly limitUntil?: number | null;
}

/** Since when the time of an agent's duty is over, epoch milliseconds; null while it isn't. */
export function overSince({ limit, limitUntil }: Limited): number | null {
  return limit === 'over' || limit === 'escalated' ? (limitUntil ?? null) : null;
}
