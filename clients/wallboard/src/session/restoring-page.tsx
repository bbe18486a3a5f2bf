import { Icon } from '../parts/icon.tsx';
import type { Failure } from './failure.ts';

/** Between opening the page and knowing whether there is a session: a blink, or the server is away. */
export function RestoringPage({
  failure,
  onRetry,
}: {
  readonly failure: Failure | null;
  readonly onRetry: () => void;
}) {
  return (
    <main className="log-in">
      <title>Rollcall</title>
      {failure === null ? (
        <p role="status" className="restoring">
          Connecting to the server…
        </p>
      ) : (
        <div className="notice-card" role="alert">
          <h1>
            <Icon name="warning" /> The server cannot be reached
          </h1>
          <p>
            Nothing is lost: this page tries again by itself, and goes on where it was as soon as the server
            is back.
          </p>
          <button type="button" className="button button-main" onClick={onRetry}>
            Try again now
          </button>
        </div>
      )}
    </main>
  );
}
