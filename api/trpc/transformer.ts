/**
 * superjson, as it may come from anybody.
 *
 * What it says beside the JSON is taken only as far as inputs need it. Sets, maps and typed arrays, of which no input
 * has any, and types within types can be made to cost far more than their size. That two values are one and the same
 * object means nothing here.
 */
import { TRPCError } from '@trpc/server';
import { deserialize, serialize, type SuperJSONResult } from 'superjson';

/** Types of values that JSON has no word for. */
const TYPES: ReadonlySet<unknown> = new Set(['undefined', 'number', 'Date']);

export const transformer = {
  serialize,
  /** Its complaints about what was sent are the sender's fault. No input is the input `undefined`. */
  deserialize: (value: SuperJSONResult | undefined): unknown => {
    try {
      return value === undefined ? undefined : plain(value);
    } catch (cause) {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'the input is not superjson', cause });
    }
  },
};

/** @throws TypeError for types that no input has. */
function plain({ json, meta }: SuperJSONResult): unknown {
  if (meta?.values === undefined) return json;
  const { referentialEqualities: _, ...types } = meta;
  const known = Array.isArray(types.values) ? [types.values] : Object.values(meta.values);
  if (!known.every(isKnown)) throw new TypeError('no input has values of this type');
  return deserialize({ json, meta: types });
}

/** A type by itself: one that holds others would come with theirs. */
function isKnown(type: unknown): boolean {
  return Array.isArray(type) && type.length === 1 && TYPES.has(type[0]);
}
