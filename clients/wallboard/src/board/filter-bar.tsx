import { useEffect, useId, useRef } from 'react';
import { Icon } from '../parts/icon.tsx';
import { type BoardQuery, isFiltering, type Narrowing, type SortBy, withoutFilters } from './board-query.ts';
import type { Teams } from './teams.ts';

export interface FilterBarProps {
  readonly query: BoardQuery;
  readonly onQuery: (query: BoardQuery) => void;
  /** Null where there is nothing to choose: agents see their own team. */
  readonly teams: Teams | null;
  readonly shown: number;
  /** Null while nothing is known. */
  readonly total: number | null;
}

const SORTS: Readonly<Record<SortBy, string>> = {
  name: 'Name',
  status: 'Status',
  longest: 'Longest in status',
};

/** Whom the board shows, and in which order. */
export function FilterBar({ query, onQuery, teams, shown, total }: FilterBarProps) {
  return (
    <search className="filters" aria-label="Filter and order">
      <SearchField value={query.search} onChange={(search) => onQuery({ ...query, search })} />
      {teams !== null && (
        <TeamField
          teams={teams}
          value={query.narrowing}
          onChange={(narrowing) => onQuery({ ...query, narrowing })}
        />
      )}
      <SortField value={query.sortBy} onChange={(sortBy) => onQuery({ ...query, sortBy })} />
      {teams !== null && (
        <Switch
          label="Group by team"
          isOn={query.groupsByTeam}
          onToggle={(groupsByTeam) => onQuery({ ...query, groupsByTeam })}
        />
      )}
      <Switch
        label="Hide offline"
        isOn={query.hidesOffline}
        onToggle={(hidesOffline) => onQuery({ ...query, hidesOffline })}
      />
      <Switch
        label="Compact"
        isOn={query.density === 'compact'}
        onToggle={(isCompact) => onQuery({ ...query, density: isCompact ? 'compact' : 'comfortable' })}
      />
      <p className="filters-shown">
        {total !== null && (shown === total ? `${total} agents` : `${shown} of ${total} agents`)}
        {isFiltering(query) && (
          <button
            type="button"
            className="button button-quiet"
            onClick={() => onQuery(withoutFilters(query))}
          >
            <Icon name="close" />
            Show all
          </button>
        )}
      </p>
    </search>
  );
}

function SearchField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focusOnSlash = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focusOnSlash);
    return () => document.removeEventListener('keydown', focusOnSlash);
  }, []);
  return (
    <label className="field field-search">
      <span className="sr-only">Find an agent by name</span>
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        placeholder="Find an agent"
        aria-keyshortcuts="/"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange('');
        }}
      />
    </label>
  );
}

interface TeamFieldProps {
  readonly teams: Teams;
  readonly value: Narrowing;
  readonly onChange: (narrowing: Narrowing) => void;
}

function TeamField({ teams: { teams, departments }, value, onChange }: TeamFieldProps) {
  const id = useId();
  const chosen = keyOf(value);
  const isListed =
    value === null ||
    ('team' in value ? teams.some((team) => team.id === value.team) : departments.includes(value.department));
  return (
    <div className="field">
      <label htmlFor={id}>Team</label>
      <select id={id} value={chosen} onChange={(event) => onChange(narrowingOf(event.target.value))}>
        <option value="">All teams</option>
        {!isListed && (
          <option value={chosen}>{'team' in value ? `Team ${value.team}` : value.department}</option>
        )}
        {teams.map((team) => (
          <option key={team.id} value={`team:${team.id}`}>
            {team.label}
          </option>
        ))}
        {departments.length > 0 && (
          <optgroup label="Departments">
            {departments.map((department) => (
              <option key={department} value={`department:${department}`}>
                {department}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  );
}

function SortField({
  value,
  onChange,
}: {
  readonly value: SortBy;
  readonly onChange: (value: SortBy) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Order</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as SortBy)}>
        {Object.entries(SORTS).map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onToggle: (isOn: boolean) => void;
}

function Switch({ label, isOn, onToggle }: SwitchProps) {
  return (
    <label className="switch">
      <input type="checkbox" checked={isOn} onChange={(event) => onToggle(event.target.checked)} />
      {label}
    </label>
  );
}

function keyOf(narrowing: Narrowing): string {
  if (narrowing === null) return '';
  return 'team' in narrowing ? `team:${narrowing.team}` : `department:${narrowing.department}`;
}

function narrowingOf(key: string): Narrowing {
  const at = key.indexOf(':');
  const value = key.slice(at + 1);
  if (key.startsWith('team:')) return { team: Number(value) };
  return at === -1 ? null : { department: value };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');
}
