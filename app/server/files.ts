import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Names with a hash in them never change: name-Ab3_x9Zq.js, as the bundler writes them. */
const HASHED = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** The files of one folder over HTTP: GET and HEAD only, nothing outside the folder, nothing hidden. */
export class FolderFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      plain(response, 405, 'only GET and HEAD are answered');
      return;
    }
    const path = pathOf(request.url ?? '/');
    if (path === undefined) {
      plain(response, 400, 'no path of this server');
      return;
    }
    const file = await this.#find(path);
    if (file === undefined) {
      const isPage = path === '/index.html';
      plain(response, 404, isPage ? 'the viewer is not built: npm run build' : 'there is no such file');
      return;
    }
    const tag = `"${file.size.toString(16)}-${Math.round(file.mtimeMs).toString(16)}"`;
    response.setHeader('ETag', tag);
    const isFixed = path.startsWith('/assets/') && HASHED.test(path);
    response.setHeader('Cache-Control', isFixed ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': file.size,
    });
    if (method === 'HEAD') response.end();
    // A reader who leaves early is no fault.
    else await pipeline(createReadStream(file.path), response).catch(() => response.destroy());
  }

  async #find(path: string): Promise<{ path: string; size: number; mtimeMs: number } | undefined> {
    try {
      const root = await realpath(this.#folder);
      const real = await realpath(join(root, path));
      if (!real.startsWith(root + sep)) return undefined;
      const { size, mtimeMs, isFile } = await stat(real).then((s) => ({ ...s, isFile: s.isFile() }));
      return isFile ? { path: real, size, mtimeMs } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The path that a URL names, `/index.html` for a folder; undefined for what could lead elsewhere. */
export function pathOf(url: string): string | undefined {
  const [encoded] = url.split(/[?#]/, 1);
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a path
  if (!path.startsWith('/') || /[\\\u0000-\u001f]/.test(path)) return undefined;
  if (path.split('/').some((part) => part.startsWith('.'))) return undefined;
  return path.endsWith('/') ? `${path}index.html` : path;
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
}
