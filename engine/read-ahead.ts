/** Reads one after another: each is being read while somebody still goes through the one before. */
export async function* readAhead<Item, Read>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Read>,
): AsyncGenerator<Read, void, void> {
  let ahead: Promise<Read> | null = null;
  for (const item of items) {
    const found: { readonly value: Read } | null = ahead === null ? null : { value: await ahead };
    ahead = begin(item, read);
    if (found !== null) yield found.value;
  }
  if (ahead !== null) yield await ahead;
}

/** Its failure is told when its turn comes, which it may never do. */
function begin<Item, Read>(item: Item, read: (item: Item) => Promise<Read>): Promise<Read> {
  const reading = read(item);
  reading.catch(() => undefined);
  return reading;
}

/** The same, of which the first is asked for at once. */
export function begun<Value>(values: AsyncIterable<Value>): AsyncIterable<Value> {
  const iterator = values[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<Value>> | null = iterator.next();
  // Whoever goes through them is told.
  first.catch(() => undefined);
  // It must not be kept for as long as others come: what it came with would be, too.
  const next = () => {
    const asked = first ?? iterator.next();
    first = null;
    return asked;
  };
  const over = async (): Promise<IteratorResult<Value>> => {
    await iterator.return?.();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: over }) };
}
