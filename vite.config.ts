import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

// Cross-origin isolation: without it a page has no shared memory and the wasm device runs on one thread.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const OFFLINE_WORKER = 'offline-worker';

const viewer = (path: string): string => fileURLToPath(new URL(`viewer/${path}`, import.meta.url));

/** Tells the offline worker the files of the page and their digest, by which browsers see that there is a new version. */
const offlineFiles: Plugin = {
  name: 'offline-files',
  apply: 'build',
  writeBundle: ({ dir = '' }) => {
    const worker = join(dir, `${OFFLINE_WORKER}.js`);
    const names = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => path !== worker)
      .sort();
    const digest = createHash('sha256');
    for (const path of names) digest.update(path.slice(dir.length)).update(readFileSync(path));
    const paths = names.map((path) => path.slice(dir.length + 1).replaceAll('\\', '/'));
    const text = readFileSync(worker, 'utf8')
      // The page has the address of its folder.
      .replaceAll('__OFFLINE_FILES__', JSON.stringify(paths.map((path) => (path === 'index.html' ? './' : path))))
      .replaceAll('__OFFLINE_VERSION__', JSON.stringify(digest.digest('hex').slice(0, 16)));
    writeFileSync(worker, text);
  },
};

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

const viteConfig = defineConfig({
  define: { ISOCENTER_VERSION: JSON.stringify(version) },
  plugins: [offlineFiles],
  server: { host: '127.0.0.1', headers },
  preview: { host: '127.0.0.1', headers },
  // The loader of the image codecs has an eval for Node in it.
  worker: { format: 'es', rolldownOptions: { checks: { eval: false } } },
  // The development server serves packages as they are; those in the form of CommonJS it has to make into modules first.
  optimizeDeps: {
    include: ['saxes', '@foxglove/rosmsg', '@foxglove/rosmsg-msgs-common', '@mcap/core'],
  },
  build: {
    target: 'es2023',
    // The renderer is most of it: 0.3 MB over the wire.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { index: viewer('index.html'), [OFFLINE_WORKER]: viewer('offline/offline-worker.ts') },
      output: {
        entryFileNames: ({ name }) => (name === OFFLINE_WORKER ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});

export default viteConfig;
