// Embeds the built-in robots as planners/generated/robots.ts, so that they need no file system at run time.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, 'robot', 'builtin');
const generated = join(here, '..', 'generated');

/** Comments and the white space between elements left out. */
const compact = (xml) =>
  xml
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/>\s+</g, '><')
    .trim();

const rows = readdirSync(folder)
  .filter((file) => file.endsWith('.urdf'))
  .sort()
  .map((file) => {
    const text = compact(readFileSync(join(folder, file), 'utf8'));
    return `  ${JSON.stringify(file.replace(/\.urdf$/, ''))}: ${JSON.stringify(text)},`;
  });
mkdirSync(generated, { recursive: true });
const spheres = JSON.stringify(JSON.parse(readFileSync(join(folder, 'spheres.json'), 'utf8')));
writeFileSync(
  join(generated, 'robots.ts'),
  `export const robotUrdf: Record<string, string> = {\n${rows.join('\n')}\n};\n\nexport const robotSpheres: string =\n  ${JSON.stringify(spheres)};\n`,
);
