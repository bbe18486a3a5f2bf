/** The engine did what the rules do not say. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

export function disagree(what: string, details?: unknown): never {
  throw new Disagreement(details === undefined ? what : `${what}: ${JSON.stringify(details)}`);
}

export function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
