import {
  type ClientFrame,
  clientFrameSchema,
  type CloseCode,
  MAX_FRAME_BYTES,
} from './contract/agent-frames.ts';

/** What came of a frame's text. */
export type Read =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** A known op with an id, but bad fields: it can be answered. */
  | { readonly kind: 'invalid'; readonly id: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'unreadable'; readonly closeCode: CloseCode; readonly message: string };

const OPS: ReadonlySet<unknown> = new Set(
  clientFrameSchema.options.flatMap(({ shape }) => [...shape.op.values]),
);

/** Reads a text frame; null stands for a frame that is not text. */
export function readFrame(text: string | null): Read {
  if (text === null) return unreadable(4400, 'frames are text');
  if (Buffer.byteLength(text) > MAX_FRAME_BYTES)
    return unreadable(4413, `a frame has at most ${MAX_FRAME_BYTES} bytes`);
  const raw = parse(text);
  if (typeof raw !== 'object' || raw === null || !('op' in raw) || !OPS.has(raw.op)) {
    return unreadable(4400, 'a frame is a JSON object with a known op');
  }
  const parsed = clientFrameSchema.safeParse(raw);
  if (parsed.success) return { kind: 'frame', frame: parsed.data };
  if (!('id' in raw) || typeof raw.id !== 'string') return unreadable(4400, `a bad ${String(raw.op)}`);
  const fields = Object.fromEntries(
    parsed.error.issues.map(({ path, message }) => [path.join('.'), message]),
  );
  return { kind: 'invalid', id: raw.id.slice(0, 100), fields };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreadable(closeCode: CloseCode, message: string): Read {
  return { kind: 'unreadable', closeCode, message };
}
