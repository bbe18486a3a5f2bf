/** The rules that tests have to cite: those of docs/spec.md, A to G. */
import { readFile } from 'node:fs/promises';

const SPEC = new URL('../../docs/spec.md', import.meta.url);
const RULE = /\*\*([A-G]\d+)\*\*/g;

/** In the order of the document. */
export async function ruleIds(): Promise<readonly string[]> {
  const text = await readFile(SPEC, 'utf8');
  return [...new Set(Array.from(text.matchAll(RULE), ([, id]) => id ?? ''))];
}

/** The rules that a title cites: "A4, F2: …", or those of the suite around it. */
export function citedIn(title: string): readonly string[] {
  return Array.from(title.matchAll(/\b[A-J]\d{1,2}\b/g), ([id]) => id);
}
