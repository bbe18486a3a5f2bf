import type { ReactNode } from 'react';
import type { Category } from '../../../../api/contract/tile.ts';
import { Icon } from '../parts/icon.tsx';
import { StatusShape } from '../parts/status-shape.tsx';
import { type BoardQuery, toggled } from './board-query.ts';
import type { CategoryCount, Counts } from './counts.ts';
import { styleOf } from './status-style.ts';

export interface SummaryBarProps {
  readonly counts: Counts;
  /** Whether there is anything to count yet. */
  readonly isKnown: boolean;
  readonly query: BoardQuery;
  readonly onQuery: (query: BoardQuery) => void;
}

/** How many agents have which status; each number is a filter too. */
export function SummaryBar({ counts, isKnown, query, onQuery }: SummaryBarProps) {
  return (
    <section aria-label="Agents by status" className="summary">
      {counts.categories.map((entry) => (
        <CategoryChips
          key={entry.category}
          entry={entry}
          isKnown={isKnown}
          share={shareOf(entry.count, counts)}
          query={query}
          onQuery={onQuery}
        />
      ))}
      <div className="summary-group">
        <Chip
          label="Routable"
          count={isKnown ? counts.routable : null}
          share={shareOf(counts.routable, counts)}
          icon={<Icon name="ready" />}
          isOn={query.marks.has('routable')}
          onToggle={() => onQuery({ ...query, marks: toggled(query.marks, 'routable') })}
        />
      </div>
      <div className="summary-group">
        <Chip
          label="Reconnecting"
          count={isKnown ? counts.reconnecting : null}
          share={shareOf(counts.reconnecting, counts)}
          icon={<Icon name="reconnecting" />}
          isOn={query.marks.has('reconnecting')}
          onToggle={() => onQuery({ ...query, marks: toggled(query.marks, 'reconnecting') })}
        />
      </div>
    </section>
  );
}

function CategoryChips({
  entry: { category, count, statuses },
  isKnown,
  share,
  query,
  onQuery,
}: Omit<SummaryBarProps, 'counts'> & { readonly entry: CategoryCount; readonly share: number }) {
  // A category that is one status of the same name needs no second chip.
  const needsStatuses = statuses.some(({ status }) => status !== category || query.statuses.has(status));
  return (
    <div className="summary-group" data-category={category}>
      <Chip
        label={styleOf(category, category).label}
        count={isKnown ? count : null}
        share={share}
        icon={<StatusShape shape={styleOf(category, category).shape} />}
        isOn={query.categories.has(category)}
        onToggle={() => onQuery({ ...query, categories: toggled(query.categories, category) })}
      />
      {needsStatuses && (
        <div className="summary-statuses">
          {statuses.map(({ status, count: many }) => (
            <button
              key={status}
              type="button"
              className="status-chip"
              aria-pressed={query.statuses.has(status)}
              onClick={() => onQuery({ ...query, statuses: toggled(query.statuses, status) })}
            >
              {labelled(status, category)} <span className="tabular-nums">{many}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  /** Null while it isn't known. */
  readonly count: number | null;
  /** Of all, from 0 to 1. */
  readonly share: number;
  readonly icon: ReactNode;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}

function Chip({ label, count, share, icon, isOn, onToggle }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onToggle}>
      <span className="chip-count">{count ?? '–'}</span>
      <span className="chip-label">
        {icon}
        {label}
      </span>
      <span className="chip-share" aria-hidden="true">
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
    </button>
  );
}

function labelled(status: string, category: Category): string {
  return styleOf(status, category).label;
}

function shareOf(count: number, { total }: Counts): number {
  return total === 0 ? 0 : count / total;
}
