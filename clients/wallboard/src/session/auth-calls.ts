import { createRollcallClient } from '../../../sdk/client.ts';
import type { AuthCalls } from './session.ts';

/** A call that takes longer counts as failed, milliseconds. */
const TIMEOUT_MS = 15_000;
const LOCK = 'rollcall-refresh';

/** Log-in, renewal and log-out over HTTP, where the cookie travels. */
export function authCalls(url: string): AuthCalls {
  let token: string | null = null;
  const { api } = createRollcallClient({ url, token: () => token });
  return {
    login: (username, password) => api.auth.login.mutate({ username, password }, options()),
    refresh: () => oneTabAtATime(() => api.auth.refresh.mutate({}, options())),
    logout: async (held) => {
      token = held;
      try {
        await api.auth.logout.mutate({}, options());
      } finally {
        token = null;
      }
    },
  };
}

function options(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(TIMEOUT_MS) };
}

/**
 * Tabs share the cookie, and each renewal replaces it. They take turns, so that no late answer puts a token back that
 * another tab has gone on from. Browsers have locks on secure pages only.
 */
async function oneTabAtATime<Result>(run: () => Promise<Result>): Promise<Result> {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  return locks === undefined ? run() : locks.request(LOCK, run);
}
