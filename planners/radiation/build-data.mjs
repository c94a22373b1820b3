// Embeds the built-in machines and protocols as planners/generated/data.ts, so that they need no file system at run time.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, '..', 'generated');

function embed(name, folder) {
  const files = readdirSync(join(here, folder))
    .filter((file) => file.endsWith('.json'))
    .sort();
  const rows = files.map((file) => {
    const compact = JSON.stringify(JSON.parse(readFileSync(join(here, folder, file), 'utf8')));
    return `  ${JSON.stringify(file.replace(/\.json$/, ''))}: ${JSON.stringify(compact)},`;
  });
  return `export const ${name}: Record<string, string> = {\n${rows.join('\n')}\n};\n`;
}

mkdirSync(generated, { recursive: true });
writeFileSync(
  join(generated, 'data.ts'),
  [embed('machineJson', 'machine/builtin'), embed('protocolJson', 'protocol/builtin')].join('\n'),
);
