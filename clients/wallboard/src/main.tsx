/** Wires the page together: session, live board, clock. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createRollcallClient } from '../../sdk/client.ts';
import { App } from './app.tsx';
import { authCalls } from './session/auth-calls.ts';
import { Session } from './session/session.ts';
import { BoardStore } from './stream/board-store.ts';
import { LiveBoardProvider } from './stream/live-board.ts';
import { Ticker } from './stream/ticker.ts';
import { rememberedTheme, showTheme } from './theme/theme.ts';
import './styles.css';

const url = location.origin;
showTheme(rememberedTheme());

const session = new Session(authCalls(url));
const store = new BoardStore({
  connect: () => {
    const client = createRollcallClient({ url, token: session.token });
    return {
      watch: (input, listener) => client.api.presence.watch.subscribe(input, listener),
      watchSummary: (input, listener) => client.api.presence.watchSummary.subscribe(input, listener),
      close: () => client.close(),
    };
  },
  onTokenRefused: session.refused,
});
const ticker = new Ticker({ now: () => store.now(), shownNow: () => store.shownNow() });
ticker.start();
addEventListener('online', () => store.reconnect());
void session.restore();

const place = document.querySelector('#app');
if (place === null) throw new TypeError('the page has no place for the app');
createRoot(place).render(
  <StrictMode>
    <LiveBoardProvider value={{ store, ticker }}>
      <App session={session} />
    </LiveBoardProvider>
  </StrictMode>,
);
