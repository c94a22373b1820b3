import { chooseTheme, type Theme, theme } from '../state/theme.ts';

const choices: readonly (readonly [Theme, string])[] = [
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Light, dark, or what the system says. */
export function ThemeChoice() {
  return (
    <select
      class="quiet"
      aria-label="Colours of the page"
      title="Colours of the page"
      value={theme.value}
      onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}
    >
      {choices.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}
