/** Reads one after another: each is being read while somebody still goes through the one before. */
export async function* readAhead<Item, Read>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Read>,
): AsyncGenerator<Read, void, void> {
  let next: Promise<Read> | null = null;
  for (const item of items) {
    const found: { readonly value: Read } | null = next === null ? null : { value: await next };
    next = ahead(read(item));
    if (found !== null) yield found.value;
  }
  if (next !== null) yield await next;
}

/** The same, of which the first is asked for at once. */
export function begun<Value>(values: AsyncIterable<Value>): AsyncIterable<Value> {
  const iterator = values[Symbol.asyncIterator]();
  // Nothing else holds a value while the next one is waited for: it may be part of something large.
  let pending = ahead(iterator.next());
  return (async function* () {
    try {
      for (;;) {
        const next = await pending;
        if (next.done === true) return;
        yield next.value;
        pending = iterator.next();
      }
    } finally {
      await iterator.return?.();
    }
  })();
}

/** What is asked for ahead: its failure is told when its turn comes, which it may never do. */
export function ahead<Value>(asked: Promise<Value>): Promise<Value> {
  asked.catch(() => undefined);
  return asked;
}
