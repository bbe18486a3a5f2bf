/** Light or dark: as the system has it, unless the reader or the address says otherwise. */
export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const KEY = 'rollcall-theme';
const PARAM = 'theme';

/** `?theme=dark` wins, for screens; else what this browser was last told. */
export function rememberedTheme(): Theme {
  const asked = new URLSearchParams(location.search).get(PARAM);
  return themeNamed(asked) ?? themeNamed(stored()) ?? 'system';
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

/** Remembers it in this browser, and in the address where the address names one. */
export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows it.
  }
  const url = new URL(location.href);
  if (!url.searchParams.has(PARAM)) return;
  url.searchParams.set(PARAM, theme);
  history.replaceState(null, '', url);
}

export function themeAfter(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
}

function themeNamed(name: string | null): Theme | undefined {
  return THEMES.find((theme) => theme === name);
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
