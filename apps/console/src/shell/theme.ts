const STORED = 'storyledger-theme';
const THEMES = ['system', 'light', 'dark'] as const;

/** `system` follows what the operating system prefers. */
export type Theme = (typeof THEMES)[number];

export function storedTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(STORED)) ?? 'system';
}

export function applyStoredTheme(): void {
  const theme = storedTheme();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** Answers the theme that comes after the present one. */
export function nextTheme(): Theme {
  const next = THEMES[(THEMES.indexOf(storedTheme()) + 1) % THEMES.length] ?? 'system';
  localStorage.setItem(STORED, next);
  applyStoredTheme();
  return next;
}
