/** What `/ready` tells of the documents: how far the copy lags behind the journal. */
export interface Readiness {
  /** `ready`, `degraded` or `not ready`. */
  readonly status: string;
  /** `ok` or `failed`. */
  readonly database: string;
  readonly projections: Readonly<Record<string, Copy>>;
}

interface Copy {
  /** `running`, `away` or `refused`. */
  readonly state: string;
  readonly lag: { readonly offsets: number; readonly ageMs: number };
}

/** An operator's probe gives up after so long. */
const PROBE_MS = 5_000;

/** Null where there is no answer in the time that a probe has. */
export async function readinessOf(url: string): Promise<Readiness | null> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(PROBE_MS) });
    return (await response.json()) as Readiness;
  } catch {
    return null;
  }
}

/** Copies gather for as long before they write, so under load something that young always waits. */
const GATHERING_MS = 2_500;

/** Whether every copy keeps up with the journal. */
export function keepsUp(readiness: Readiness | null): boolean {
  return everyCopy(readiness, ({ state, lag }) => state === 'running' && lag.ageMs < GATHERING_MS);
}

/** Whether nothing waits to be copied. */
export function isDrained(readiness: Readiness | null): boolean {
  return everyCopy(readiness, ({ state, lag }) => state === 'running' && lag.offsets === 0);
}

function everyCopy(readiness: Readiness | null, isSo: (copy: Copy) => boolean): boolean {
  const copies = Object.values(readiness?.projections ?? {});
  return copies.length > 0 && copies.every(isSo);
}
