import { useSyncExternalStore } from 'react';
import { BoardPage } from './board/board-page.tsx';
import { KioskPage } from './kiosk/kiosk-page.tsx';
import { pageAt } from './route.ts';
import { LogInPage } from './session/log-in-page.tsx';
import { RestoringPage } from './session/restoring-page.tsx';
import type { Session } from './session/session.ts';

/** The page of the address, for whoever is logged in. */
export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  switch (state.phase) {
    case 'restoring':
      return <RestoringPage failure={state.failure} onRetry={() => void session.restore()} />;
    case 'out':
      return (
        <LogInPage why={state.why} onLogIn={(username, password) => session.logIn(username, password)} />
      );
    case 'in':
      return pageAt(location.pathname) === 'kiosk' ? (
        <KioskPage user={state.user} />
      ) : (
        <BoardPage user={state.user} session={session} />
      );
  }
}
