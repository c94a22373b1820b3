import { existsSync, readFileSync } from 'node:fs';

/** Version of the package this file belongs to, whether it runs from `app/` or from `dist/app/`. */
export function version(): string {
  const places = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const text = readFileSync(places.find((place) => existsSync(place)) ?? places[0], 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
