import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/dist\/$/, '/');

/** Chromium of the system; ISOCENTER_CHROMIUM names another. */
export const chromiumPath = process.env.ISOCENTER_CHROMIUM ?? '/usr/bin/chromium';

/** Keeps Chromium from calling out. */
export const QUIET = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--no-pings',
  '--metrics-recording-only',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** WebGPU on SwiftShader, canvas included; never add --disable-gpu or --disable-vulkan-surface. */
export const RENDER = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

export interface OpenPage {
  readonly page: Page;
  /** Errors that the page threw or logged. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Opens a file of the disk in headless Chromium, and keeps the addresses that the page asks for. */
export async function openFile(path: string): Promise<OpenPage & { readonly requests: readonly string[] }> {
  const browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args: QUIET });
  const page = await browser.newPage({ viewport: { width: 760, height: 1000 } });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => errors.push(message.text()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  return { page, errors, requests, close: () => browser.close() };
}

/**
 * Opens an address in headless Chromium with software rendering.
 *
 * @param screenRatio pixels of the screen in one of CSS, as on a screen of its own: Playwright's `deviceScaleFactor` would scale
 *   the finished page, which is laid out and painted in whole CSS pixels then. The window is
 *   1600 by 1000 CSS px then
 */
export async function openAddress(address: string, screenRatio?: number): Promise<OpenPage> {
  if (!existsSync(chromiumPath)) {
    throw new Error(`there is no ${chromiumPath}: install chromium, or name one with ISOCENTER_CHROMIUM`);
  }
  const scaled =
    screenRatio === undefined ? [] : [`--force-device-scale-factor=${screenRatio}`, '--window-size=1600,1000'];
  const args = [...QUIET, ...RENDER, ...scaled];
  const browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args });
  try {
    const viewport = screenRatio === undefined ? { width: 960, height: 640 } : null;
    const context = await browser.newContext({ viewport });
    const errors: string[] = [];
    context.on('weberror', (error) => errors.push(error.error().message));
    context.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const page = await context.newPage();
    await page.goto(address);
    return { page, errors, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Serves the working tree on a cross-origin isolated server and opens one of its pages in headless Chromium. */
export async function openPage(path: string, screenRatio?: number): Promise<OpenPage> {
  const server = await createServer({
    root,
    logLevel: 'error',
    configFile: `${root}vite.config.ts`,
    cacheDir: `${root}node_modules/.vite-tests`,
    optimizeDeps: { noDiscovery: true },
    server: { port: 0, hmr: false, watch: null },
  });
  await server.listen();
  try {
    const address = server.httpServer?.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const opened = await openAddress(`http://127.0.0.1:${port}/${path}`, screenRatio);
    return {
      ...opened,
      close: async () => {
        await opened.close();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
