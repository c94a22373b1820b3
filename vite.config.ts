import { defineConfig } from 'vite';

// Cross-origin isolation: without it a page has no shared memory and the wasm device runs on one thread.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const viteConfig = defineConfig({
  server: { host: '127.0.0.1', headers },
  preview: { host: '127.0.0.1', headers },
  // The loader of the image codecs has an eval for Node in it.
  worker: { format: 'es', rolldownOptions: { checks: { eval: false } } },
  // The renderer is most of it: 0.3 MB over the wire.
  build: { target: 'es2023', chunkSizeWarningLimit: 1200 },
});

export default viteConfig;
