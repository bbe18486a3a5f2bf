import type { ReactNode } from 'react';
import type { Category } from '../../../../api/contract/tile.ts';
import { Icon } from '../parts/icon.tsx';
import { StatusShape } from '../parts/status-shape.tsx';
import { type BoardQuery, toggled } from './board-query.ts';
import type { CategoryCount, Counts } from './counts.ts';
import { styleOf } from './status-style.ts';

export interface SummaryBarProps {
  readonly counts: Counts;
  readonly query: BoardQuery;
  readonly onQuery: (query: BoardQuery) => void;
}

/** How many agents have which status; each number is a filter too. */
export function SummaryBar({ counts, query, onQuery }: SummaryBarProps) {
  return (
    <section aria-label="Agents by status" className="summary">
      {counts.categories.map((entry) => (
        <CategoryChips key={entry.category} entry={entry} query={query} onQuery={onQuery} />
      ))}
      <div className="summary-group">
        <Chip
          label="Routable"
          count={counts.routable}
          icon={<Icon name="ready" />}
          isOn={query.marks.has('routable')}
          onToggle={() => onQuery({ ...query, marks: toggled(query.marks, 'routable') })}
        />
      </div>
      <div className="summary-group">
        <Chip
          label="Reconnecting"
          count={counts.reconnecting}
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
  query,
  onQuery,
}: Omit<SummaryBarProps, 'counts'> & { readonly entry: CategoryCount }) {
  // A category that is one status of the same name needs no second chip.
  const needsStatuses = statuses.some(({ status }) => status !== category || query.statuses.has(status));
  return (
    <div className="summary-group" data-category={category}>
      <Chip
        label={styleOf(category, category).label}
        count={count}
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
  readonly count: number;
  readonly icon: ReactNode;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}

function Chip({ label, count, icon, isOn, onToggle }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onToggle}>
      <span className="chip-count">{count}</span>
      <span className="chip-label">
        {icon}
        {label}
      </span>
    </button>
  );
}

function labelled(status: string, category: Category): string {
  return styleOf(status, category).label;
}
