import { computed, effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'isocenter-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(system.matches);
system.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches;
});

/** What the user wants; kept for the next visit where the browser allows it. */
export const theme = signal<Theme>(kept());
export const isDark = computed(() => (theme.value === 'auto' ? systemIsDark.value : theme.value === 'dark'));

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'auto') delete dataset.theme;
  else dataset.theme = theme.value;
});

export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is forbidden: the choice holds for this visit.
  }
}

/** A colour of the style sheet as it is now, for what draws on a canvas. Those that are wanted here are registered there. */
export function pageColor(name: '--text' | '--line' | '--accent' | '--bad' | '--faint'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
