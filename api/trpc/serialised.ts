/**
 * JSON text that stands for a value: written once, sent to many. It holds plain JSON values only, so that superjson
 * would add nothing to it, and `{"json": …}` around it is what superjson would have made.
 */
export class Serialised {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/** JSON text of a value of that type. */
export type JsonOf<Value> = string & { readonly of?: Value };

/** For sockets, whose frames take the text as it is (frames.ts). */
export function asText<Value>(json: JsonOf<Value>): Value {
  return new Serialised(json) as Value;
}

/** For transports that write a value themselves. */
export function asValue<Value>(json: JsonOf<Value>): Value {
  return JSON.parse(json) as Value;
}
