/** The groups of a segment as they are read: a few megabytes at a time, the next of them while somebody is at these. */
import { type Group, GROUP_HEADER_BYTES, groupsIn, isGroupAt, neededAt } from './groups.ts';
import { ahead } from '../read-ahead.ts';
import type { Segment } from './segments.ts';

/** Mostly many groups. */
const PIECE_BYTES = 4 << 20;

/** Where in a segment to read on from that position of the log: there, if a group begins there; else at its beginning. */
export async function startOf({ base, file }: Segment, position: number): Promise<number> {
  if (position <= base) return base;
  const head = Buffer.alloc(GROUP_HEADER_BYTES);
  await file.read(head, position - base);
  return isGroupAt(head, 0, position) ? position : base;
}

/** Positions of the log. */
export interface Stretch {
  /** Where a group begins. */
  readonly from?: number;
  readonly upTo?: number;
}

/** Up to the first place where none is whole; the file stays open. */
export async function* groupsOf(
  segment: Segment,
  { from = segment.base, upTo = Infinity }: Stretch = {},
): AsyncGenerator<readonly Group[], void, void> {
  for await (const { bytes, base } of piecesOf(segment, { from, upTo })) {
    const groups = [...groupsIn(bytes, base)];
    yield groups;
    if (groups.at(-1)?.end !== base + bytes.length) return;
  }
}

interface Piece {
  /** Position of its first byte in the log. */
  readonly base: number;
  readonly bytes: Buffer;
}

/** As its groups say how long they are: each piece ends where one does. */
async function* piecesOf(
  { base, size, file }: Segment,
  { from, upTo }: Required<Stretch>,
): AsyncGenerator<Piece, void, void> {
  const end = Math.min(size, upTo - base);
  const read = async (at: number, bytes: number) => {
    const piece = Buffer.allocUnsafe(Math.min(bytes, end - at));
    return piece.subarray(0, await file.read(piece, at));
  };
  let at = from - base;
  let asked = PIECE_BYTES;
  let reading = ahead(read(at, asked));
  try {
    for (;;) {
      const bytes = await reading;
      const whole = endOfWhole(bytes);
      const needed = neededAt(bytes, whole) ?? 0;
      if (whole === 0 && (needed <= asked || needed > end - at)) return;
      asked = Math.max(PIECE_BYTES, needed);
      reading = ahead(read(at + whole, asked));
      if (whole > 0) yield { base: base + at, bytes: bytes.subarray(0, whole) };
      at += whole;
    }
  } finally {
    await reading.catch(() => undefined);
  }
}

function endOfWhole(bytes: Buffer): number {
  for (let at = 0; ;) {
    const needed = neededAt(bytes, at);
    if (needed === null || at + needed > bytes.length) return at;
    at += needed;
  }
}
