import { readFile, writeFile } from 'node:fs/promises';
import type { Section } from './section.ts';

/** What a JSON file of results holds. */
export interface Results {
  /** When the last subject was measured, ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly machine: string;
  readonly sections: readonly Section[];
}

/** Sections of other subjects, which this run did not measure, stay in the file as they are. */
export async function writeResults(path: string | URL, results: Results): Promise<void> {
  const measured = new Map(results.sections.map((section) => [section.subject, section]));
  const before = await readResults(path).catch(() => null);
  const kept = (before?.sections ?? []).map((section) => measured.get(section.subject) ?? section);
  const sections = new Set([...kept, ...results.sections]);
  await writeFile(path, `${JSON.stringify({ ...results, sections: [...sections] }, null, 1)}\n`);
}

export async function readResults(path: string | URL): Promise<Results> {
  return JSON.parse(await readFile(path, 'utf8')) as Results;
}
