/** The titles of all tests and suites, as they are written: a title that is put together counts by its beginning. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('..', import.meta.url));
const TITLE =
  /\b(?:test|describe|it)(?:\.each\([\s\S]*?\)|\.each<[\s\S]*?>\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g;

export interface Title {
  /** Below `test/`. */
  readonly file: string;
  readonly text: string;
}

export async function titles(): Promise<readonly Title[]> {
  const names = await readdir(TESTS, { recursive: true });
  const files = names.filter((name) => name.endsWith('.test.ts') || name.startsWith('support/contracts/'));
  const found = await Promise.all(files.filter((name) => name.endsWith('.ts')).map(titlesIn));
  return found.flat();
}

async function titlesIn(file: string): Promise<readonly Title[]> {
  const text = await readFile(join(TESTS, file), 'utf8');
  return Array.from(text.matchAll(TITLE), ([, , title = '']) => ({ file, text: title }));
}
