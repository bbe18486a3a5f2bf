/** The pages that the server hands this app out for. */
export type Page = 'board' | 'kiosk';

export function pageAt(pathname: string): Page {
  return pathname.replace(/\/+$/, '') === '/kiosk' ? 'kiosk' : 'board';
}
