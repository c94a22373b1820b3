import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FolderFiles } from '../../app/server/files.ts';
import { securityHeaders } from '../../app/server/headers.ts';

/** The page as `npm run build` leaves it. */
export const builtSite = join(import.meta.dirname, '..', '..', 'dist', 'site');

export interface Site {
  readonly address: string;
  /** Serves another folder from now on. */
  serve(folder: string): void;
  stop(): Promise<void>;
}

/** Serves a built page with the files and headers of `isocenter serve`, without its sockets. */
export async function serveSite(folder: string): Promise<Site> {
  let files = new FolderFiles(folder);
  const server = createServer((request, response) => {
    for (const [key, value] of Object.entries(securityHeaders(request.headers.host ?? ''))) {
      response.setHeader(key, value);
    }
    files.answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    serve: (other) => {
      files = new FolderFiles(other);
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
