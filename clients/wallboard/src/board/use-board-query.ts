import { useEffect, useState } from 'react';
import { type BoardQuery, queryOf, searchOf } from './board-query.ts';

/** Browsers refuse addresses that change with every key pressed. */
const SETTLE_MS = 250;

/** The query in the address; what changes it changes the address, without adding to the history. */
export function useBoardQuery(): readonly [BoardQuery, (query: BoardQuery) => void] {
  const [query, setQuery] = useState(() => queryOf(location.search));
  useEffect(() => {
    const timer = setTimeout(() => {
      const search = searchOf(query, location.search);
      if (search !== location.search) history.replaceState(null, '', location.pathname + search);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  useEffect(() => {
    const read = () => setQuery(queryOf(location.search));
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, []);
  return [query, setQuery];
}
