/** What stands in the place of tiles while there are none. */
import { Icon } from '../parts/icon.tsx';
import type { Failure } from '../session/failure.ts';

const SKELETONS = 48;

/** The first moment: tiles to come. */
export function BoardSkeleton() {
  return (
    <div aria-busy="true">
      <p className="sr-only" role="status">
        Loading the board
      </p>
      <ul className="tiles" aria-hidden="true" data-density="comfortable">
        {Array.from({ length: SKELETONS }, (_, index) => (
          <li key={index} className="tile tile-skeleton">
            <span />
            <span />
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface EmptyBoardProps {
  /** Whether there are agents whom the filters leave out. */
  readonly isFiltered: boolean;
  /** Null where there is nobody to press a button. */
  readonly onShowAll: (() => void) | null;
}

/** Nobody to show: because there is nobody, or because the filters leave everybody out. */
export function EmptyBoard({ isFiltered, onShowAll }: EmptyBoardProps) {
  return (
    <div className="notice-card">
      <h2>{isFiltered ? 'No agent matches' : 'Nobody is on this board yet'}</h2>
      <p>
        {isFiltered
          ? 'There are agents, but none with this name and status at the moment.'
          : 'Agents appear here as soon as they are added, and stay when they are offline.'}
      </p>
      {isFiltered && onShowAll !== null && (
        <button type="button" className="button button-main" onClick={onShowAll}>
          Show all agents
        </button>
      )}
    </div>
  );
}

export interface BoardFailureProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  /** Goes back to all teams; null where the board isn't narrowed. */
  readonly onShowEverybody: (() => void) | null;
}

/** The server shows nothing of what was asked for. */
export function BoardFailure({ failure, onRetry, onShowEverybody }: BoardFailureProps) {
  const { title, text } = explained(failure);
  return (
    <div className="notice-card" role="alert">
      <h2>
        <Icon name="warning" /> {title}
      </h2>
      <p>{text}</p>
      <div className="flex flex-wrap justify-center gap-2">
        {onShowEverybody !== null && (
          <button type="button" className="button button-main" onClick={onShowEverybody}>
            Show all teams
          </button>
        )}
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    </div>
  );
}

function explained({ code, message }: Failure): { readonly title: string; readonly text: string } {
  switch (code) {
    case 'FORBIDDEN':
      return { title: 'This board is not for you', text: 'Your rights do not cover it, or no longer do.' };
    case 'NOT_FOUND':
      return {
        title: 'There is no such team',
        text: 'It may have been removed; the address is of an earlier time.',
      };
    case 'VALIDATION':
      return {
        title: 'This board cannot be shown',
        text: `The server says: ${message}. With very many agents, open one team: add ?team= and its number to the address.`,
      };
    case 'PASSWORD_CHANGE_REQUIRED':
      return { title: 'Your password has to be changed first', text: 'Please ask your administrator.' };
    default:
      return { title: 'The board cannot be shown', text: 'Something went wrong on the server.' };
  }
}
