// Light or dark and the palette, kept by the browser of this user.

import type { AppStore, PaletteName, Theme } from './app-store';

const KEY = 'hookanalyzer.preferences';

interface Preferences {
  readonly theme: Theme;
  readonly palette: PaletteName;
}

/** What was chosen last; dark at first, as profilers are. */
export function readPreferences(): Preferences {
  try {
    const { theme, palette } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    // Another version may have kept other words.
    return { theme: theme === 'light' ? theme : 'dark', palette: palette === 'colorBlind' ? palette : 'default' };
  } catch {
    return { theme: 'dark', palette: 'default' };
  }
}

/** Shows each change of the theme on the page, and keeps both. */
export function followPreferences(store: AppStore): void {
  const apply = ({ theme, palette }: Preferences) => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, JSON.stringify({ theme, palette }));
  };
  apply(store.getState());
  store.subscribe((state, before) => {
    if (state.theme !== before.theme || state.palette !== before.palette) apply(state);
  });
}
