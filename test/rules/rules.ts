/** The rules that tests have to cite: those of docs/spec.md, A to G. */
import { readFile } from 'node:fs/promises';

const SPEC = new URL('../../docs/spec.md', import.meta.url);
const RULE = /\*\*([A-G]\d+)\*\*( ○)?/g;

interface Rule {
  readonly id: string;
  /** A later version brings all of it. */
  readonly isToCome: boolean;
}

/** In the order of the document. */
export async function ruleIds(): Promise<readonly string[]> {
  return (await rules()).map(({ id }) => id);
}

/** Those of which something is kept already. */
export async function keptRules(): Promise<readonly string[]> {
  return (await rules()).filter(({ isToCome }) => !isToCome).map(({ id }) => id);
}

/** The rules that a title cites: "A4, F2: …", or those of the suite around it. */
export function citedIn(title: string): readonly string[] {
  return Array.from(title.matchAll(/\b[A-J]\d{1,2}\b/g), ([id]) => id);
}

async function rules(): Promise<readonly Rule[]> {
  const text = await readFile(SPEC, 'utf8');
  return Array.from(text.matchAll(RULE), ([, id = '', mark]) => ({ id, isToCome: mark !== undefined }));
}
