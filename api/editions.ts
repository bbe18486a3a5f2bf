import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { CatalogueEvent } from './contract/statuses.ts';
import { statusesOf } from './statuses.ts';
import type { JsonOf } from './trpc/serialised.ts';

/** An organisation's catalogue as it is at one time, written once for all who are told of it. */
export interface Edition {
  /** Equal for those alone that say the same. */
  readonly id: string;
  readonly json: JsonOf<CatalogueEvent>;
}

export function editionOf(engine: Engine, organisationId: number): Edition {
  const json = JSON.stringify({ statuses: statusesOf(engine.law(organisationId).catalogue) });
  return { id: createHash('sha256').update(json).digest('base64url').slice(0, 12), json };
}

/** Hears of each edition that says something else than the one before. Disposing ends it. */
export function listenToEditions(
  engine: Engine,
  organisationId: number,
  hear: (edition: Edition) => void,
): Disposable {
  let last = editionOf(engine, organisationId).id;
  return engine.listenToLaws((changed) => {
    if (changed !== organisationId) return;
    const edition = editionOf(engine, organisationId);
    if (edition.id === last) return;
    last = edition.id;
    hear(edition);
  });
}

/** The editions for one reader, at its pace: the newest one is all that matters. */
export async function* editions(
  engine: Engine,
  organisationId: number,
  signal: AbortSignal,
): AsyncGenerator<Edition, void, void> {
  let wake: (() => void) | null = null;
  const onAbort = () => wake?.();
  using _ = listenToEditions(engine, organisationId, () => wake?.());
  signal.addEventListener('abort', onAbort);
  try {
    let told: string | null = null;
    while (!signal.aborted) {
      const edition = editionOf(engine, organisationId);
      if (edition.id === told) await new Promise<void>((resolve) => (wake = resolve));
      else {
        told = edition.id;
        yield edition;
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
