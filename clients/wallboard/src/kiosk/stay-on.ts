/** What a screen on a wall needs that a desk doesn't. */

/** How often a new version is looked for, milliseconds. */
const LOOK_MS = 600_000;

/** Keeps the screen from going dark, where the browser lets a page do so. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;
  const ask = async () => {
    const { wakeLock } = navigator as { readonly wakeLock?: WakeLock };
    if (wakeLock === undefined || document.visibilityState !== 'visible') return;
    try {
      const got = await wakeLock.request('screen');
      if (isOver) await got.release();
      else lock = got;
    } catch {
      // A browser that saves power says no; the board goes on.
    }
  };
  const onVisible = () => void ask();
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}

/** Loads the page anew once the server hands out another: a board that runs for months would stay the old one. */
export function followVersions(): () => void {
  let running: string | null = null;
  const look = async () => {
    try {
      const response = await fetch('/', { method: 'HEAD', cache: 'no-store' });
      const served = response.ok ? response.headers.get('etag') : null;
      if (served === null) return;
      running ??= served;
      if (served !== running) location.reload();
    } catch {
      // The server is away; the next look tells.
    }
  };
  void look();
  const timer = setInterval(() => void look(), LOOK_MS);
  return () => clearInterval(timer);
}
