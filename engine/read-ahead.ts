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
  const first = iterator.next();
  // Whoever goes through them is told.
  first.catch(() => undefined);
  return (async function* () {
    try {
      for (let next = await first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}
