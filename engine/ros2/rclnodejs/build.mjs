// Bundles the facade and all that it stands on into one file, so that it works in a clone and in an installed package alike.
import { join } from 'node:path';
import { build } from 'vite';

const folder = import.meta.dirname;
await build({
  configFile: false,
  logLevel: 'error',
  root: folder,
  ssr: { noExternal: true },
  build: {
    ssr: join(folder, 'facade.ts'),
    outDir: folder,
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    rollupOptions: { output: { format: 'cjs', entryFileNames: 'facade.cjs' } },
  },
});
