import { useState } from 'react';
import { Icon } from '../parts/icon.tsx';
import { rememberedTheme, rememberTheme, showTheme, themeAfter } from './theme.ts';

const NAMES = { system: 'as the system', light: 'light', dark: 'dark' } as const;
const ICONS = { system: 'contrast', light: 'sun', dark: 'moon' } as const;

/** Goes round: as the system has it, light, dark. */
export function ThemeToggle() {
  const [theme, setTheme] = useState(rememberedTheme);
  return (
    <button
      type="button"
      className="button button-quiet"
      title={`Colours: ${NAMES[theme]}`}
      onClick={() => {
        const next = themeAfter(theme);
        setTheme(next);
        showTheme(next);
        rememberTheme(next);
      }}
    >
      <Icon name={ICONS[theme]} />
      <span className="sr-only">Colours: {NAMES[theme]}. Change</span>
    </button>
  );
}
