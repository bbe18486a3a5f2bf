import { useEffect, useRef, useState } from 'react';
import type { Counts } from './counts.ts';
import { labelOf } from './status-style.ts';

/** Time between two announcements, milliseconds. */
const EVERY_MS = 30_000;

/** Tells screen readers the counts: politely, seldom, and only when they changed. */
export function Announcement({ counts }: { readonly counts: Counts }) {
  const newest = useRef(counts);
  useEffect(() => {
    newest.current = counts;
  }, [counts]);
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setText(inWords(newest.current)), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p role="status" className="sr-only" data-announcement>
      {text}
    </p>
  );
}

function inWords({ total, routable, reconnecting, categories }: Counts): string {
  const parts = categories
    .filter(({ count }) => count > 0)
    .map(({ category, count }) => `${count} ${labelOf(category).toLowerCase()}`);
  const lost = reconnecting > 0 ? [`${reconnecting} reconnecting`] : [];
  return `${total} agents: ${[...parts, `${routable} routable`, ...lost].join(', ')}`;
}
