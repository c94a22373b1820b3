// Compiles every kernels/*/kernel.as.ts into one wasm module and embeds it with the WGSL sources as generated/module.ts,
// so that Node, workers and browsers load them alike and no bundler plug-in is needed.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const kernels = dirname(dirname(fileURLToPath(import.meta.url)));
const generated = join(kernels, 'generated');
const folders = readdirSync(kernels).filter((name) => statSync(join(kernels, name)).isDirectory());
const has = (folder, file) => statSync(join(kernels, folder, file), { throwIfNoEntry: false }) !== undefined;
const withAs = folders.filter((folder) => has(folder, 'kernel.as.ts'));
const withWgsl = folders.filter((folder) => has(folder, 'kernel.wgsl'));

mkdirSync(generated, { recursive: true });
const entry = join(generated, 'entry.as.ts');
const lines = withAs.map((folder) => `export * from '../${folder}/kernel.as';`);
writeFileSync(entry, `${lines.join('\n')}\nexport const heapBase: usize = __heap_base;\n`);

const wasmFile = join(generated, 'kernels.wasm');
const flags = ['--enable', 'simd,threads', '--importMemory', '--sharedMemory', '--initialMemory', '256'];
const { error, stderr } = await asc.main(
  [
    entry,
    '--outFile',
    wasmFile,
    '-O3',
    '--converge',
    '--noAssert',
    '--runtime',
    'stub',
    ...flags,
    '--maximumMemory',
    '65535',
  ],
  {},
);
if (error) {
  process.stderr.write(stderr.toString());
  process.exit(1);
}

const wasm = readFileSync(wasmFile);
const wgsl = withWgsl.map(
  (folder) =>
    `  ${JSON.stringify(folder)}: ${JSON.stringify(readFileSync(join(kernels, folder, 'kernel.wgsl'), 'utf8'))},`,
);
writeFileSync(
  join(generated, 'module.ts'),
  `export const wasmBase64 =\n  '${wasm.toString('base64')}';\n\nexport const wgsl: Record<string, string> = {\n${wgsl.join('\n')}\n};\n`,
);
rmSync(wasmFile);
