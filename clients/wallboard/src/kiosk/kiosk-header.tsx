import { useCallback } from 'react';
import { timeOfDay } from '../board/clock-text.ts';
import type { Counts } from '../board/counts.ts';
import { styleOf } from '../board/status-style.ts';
import { Clock } from '../parts/clock.tsx';
import { Icon } from '../parts/icon.tsx';
import { StatusShape } from '../parts/status-shape.tsx';
import { StreamIndicator } from '../stream/stream-indicator.tsx';

export interface KioskHeaderProps {
  readonly title: string;
  /** Null while nothing is known. */
  readonly counts: Counts | null;
}

export function KioskHeader({ title, counts }: KioskHeaderProps) {
  return (
    <header className="kiosk-header">
      <h1>{title}</h1>
      {counts !== null && <KioskCounts counts={counts} />}
      <StreamIndicator />
      <TimeOfDay />
    </header>
  );
}

function KioskCounts({ counts: { categories, routable, reconnecting } }: { readonly counts: Counts }) {
  return (
    <ul className="kiosk-counts" aria-label="Agents by status">
      {categories.map(({ category, count }) => (
        <li key={category} data-category={category}>
          <StatusShape shape={styleOf(category, category).shape} />
          <strong>{count}</strong> {styleOf(category, category).label}
        </li>
      ))}
      <li>
        <Icon name="ready" />
        <strong>{routable}</strong> Routable
      </li>
      <li>
        <Icon name="reconnecting" />
        <strong>{reconnecting}</strong> Reconnecting
      </li>
    </ul>
  );
}

function TimeOfDay() {
  const textAt = useCallback((now: number) => timeOfDay(now, { seconds: false }), []);
  return (
    <p className="kiosk-time">
      <span className="sr-only">Time </span>
      <Clock textAt={textAt} />
    </p>
  );
}
