import { useState } from 'react';
import type { User } from '../../../../api/contract/auth.ts';
import { Icon } from '../parts/icon.tsx';
import { Wordmark } from '../parts/wordmark.tsx';
import type { Failure } from '../session/failure.ts';
import { StreamIndicator } from '../stream/stream-indicator.tsx';
import { ThemeToggle } from '../theme/theme-toggle.tsx';

export interface BoardHeaderProps {
  readonly user: User;
  readonly title: string;
  /** The same board for a screen. */
  readonly kioskHref: string;
  /** @returns why it failed, or null. */
  readonly onLogOut: () => Promise<Failure | null>;
}

export function BoardHeader({ user, title, kioskHref, onLogOut }: BoardHeaderProps) {
  return (
    <header className="page-header">
      <Wordmark />
      <h1 className="page-title">{title}</h1>
      <StreamIndicator />
      <div className="page-actions">
        <a className="button button-quiet" href={kioskHref} title="This board, for a screen on the wall">
          <Icon name="screen" />
          Screen view
        </a>
        <ThemeToggle />
        <p className="page-user">
          {user.name}
          <span>{user.role}</span>
        </p>
        <LogOutButton onLogOut={onLogOut} />
      </div>
    </header>
  );
}

function LogOutButton({ onLogOut }: Pick<BoardHeaderProps, 'onLogOut'>) {
  const [isLeaving, setLeaving] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const leave = async () => {
    setLeaving(true);
    setFailure(await onLogOut());
    setLeaving(false);
  };
  return (
    <>
      <button type="button" className="button" disabled={isLeaving} onClick={() => void leave()}>
        Log out
      </button>
      {failure !== null && (
        <p role="alert" className="log-out-failure">
          You are still logged in: the server could not be told. Please try again.
        </p>
      )}
    </>
  );
}
