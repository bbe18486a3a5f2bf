import { BadCursor, type Page } from './port.ts';

type Kind = 'integer' | 'text';
type ValueOf<K extends Kind> = K extends 'integer' ? number : string;
type ValuesOf<Kinds extends readonly Kind[]> = { -readonly [At in keyof Kinds]: ValueOf<Kinds[At]> };

/** The values by which a page is sorted, as a text that says nothing. */
export function encodeCursor(values: readonly (number | string)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws BadCursor */
export function decodeCursor<const Kinds extends readonly Kind[]>(
  cursor: string,
  kinds: Kinds,
): ValuesOf<Kinds> {
  const values = parse(cursor);
  const fits =
    Array.isArray(values) &&
    values.length === kinds.length &&
    kinds.every((kind, at) => isOf(kind, values[at]));
  if (!fits) throw new BadCursor('the cursor is not one of these pages');
  return values as ValuesOf<Kinds>;
}

/** A page of rows of which one more than asked for was looked for. */
export function pageOf<Found, Row>(
  found: readonly Found[],
  limit: number,
  { row, cursor }: { row: (found: Found) => Row; cursor: (found: Found) => readonly (number | string)[] },
): Page<Row> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const isLast = found.length <= limit || last === undefined;
  return { rows: shown.map(row), next: isLast ? null : encodeCursor(cursor(last)) };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function isOf(kind: Kind, value: unknown): boolean {
  // No database keeps a NUL in a text.
  return kind === 'integer'
    ? Number.isSafeInteger(value)
    : typeof value === 'string' && !value.includes('\0');
}
