declare const self: ServiceWorkerGlobalScope;

/** Both are put in by the build: the files of the page, and a digest of what is in them. */
declare const __OFFLINE_FILES__: readonly string[];
declare const __OFFLINE_VERSION__: string;

/**
 * Keeps the built page, so that it opens without its server. Files under assets/ are named by their content: whoever asks for
 * one gets that one, so two versions never mix. The page itself comes from the server as long as there is one; a new
 * version is stored beside the old one, which goes when no page uses it any more. Answers are stored whole: with their
 * policy and isolation headers.
 */
const PREFIX = 'isocenter-';
const NAME = PREFIX + __OFFLINE_VERSION__;
/** A server that says nothing for so long is not there [ms]. */
const PATIENCE_MS = 3000;

const scope = new URL(self.registration.scope);
const files = new Set(__OFFLINE_FILES__.map((path) => new URL(path, scope).href));

self.addEventListener('install', (event) => {
  event.waitUntil(store());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(replaceOthers());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const { origin, pathname } = new URL(request.url);
  const address = origin + pathname;
  if (address === scope.href && request.mode === 'navigate') event.respondWith(newest(request));
  else if (address !== scope.href && files.has(address)) event.respondWith(kept(address, request));
});

async function store(): Promise<void> {
  const cache = await caches.open(NAME);
  try {
    await cache.addAll([...files].map((address) => new Request(address, { cache: 'no-cache' })));
  } catch (error) {
    await caches.delete(NAME);
    throw error;
  }
}

async function replaceOthers(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  for (const name of others) await caches.delete(name);
  // The page that brought this worker is of its version; one that an older worker served is not.
  if (others.length === 0) await self.clients.claim();
}

async function kept(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(address)) ?? fetch(request);
}

async function newest(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const stored = await cache.match(scope.href);
  if (stored === undefined) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(resolve, PATIENCE_MS, stored));
  const fresh = fetch(request).then(
    (response) => (response.status >= 500 ? stored : response),
    () => stored,
  );
  return Promise.race([fresh, late]);
}
