import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { inputError } from '../../engine/core/errors.ts';
import type { LinkHost } from '../../engine/link/host.ts';
import { LONGEST_FRAME } from '../../engine/link/limits.ts';
import { type WebSocketLike, webSocketLink } from '../../engine/link/socket.ts';
import type { FolderFiles } from './files.ts';
import { securityHeaders } from './headers.ts';
import { isOwnHost, isOwnOrigin } from './origin.ts';

/** Connections at once: tabs, and those that are being replaced. */
const MOST_SOCKETS = 64;
export const LINK_PATH = '/link';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** What is known of a connection before it says hello. */
export interface Caller {
  /** A page of this server; programs that are no pages send no origin. */
  readonly isOwnPage: boolean;
}

/**
 * HTTP for the viewer and a WebSocket at /link on one port.
 *
 * @throws IsocenterError `serve/listen` where the port is in use or the address is not one of this computer
 */
export async function listen(
  { host, port }: { readonly host: string; readonly port: number },
  files: FolderFiles,
  accept: (caller: Caller) => LinkHost,
): Promise<Listening> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_FRAME, perMessageDeflate: false });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  server.on('request', (request, response) => {
    const name = request.headers.host;
    if (!isOwnHost(name, host, bound)) {
      response.writeHead(421, { 'Content-Type': 'text/plain' }).end('this server has no such name\n');
      return;
    }
    for (const [key, value] of Object.entries(securityHeaders(name ?? ''))) response.setHeader(key, value);
    files.answer(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    const { origin, host: name } = request.headers;
    const isOwnPage = isOwnOrigin(origin, name);
    if (!isOwnHost(name, host, bound)) refuse(socket, 421, 'Misdirected Request');
    else if (request.url?.split('?')[0] !== LINK_PATH) refuse(socket, 404, 'Not Found');
    else if (origin !== undefined && !isOwnPage) refuse(socket, 403, 'Forbidden');
    else if (sockets.clients.size >= MOST_SOCKETS) refuse(socket, 503, 'Service Unavailable');
    else {
      sockets.handleUpgrade(request, socket, head, (ws) => {
        // Frames that are too long or break the protocol: the connection ends by itself, with a code.
        ws.on('error', () => {});
        accept({ isOwnPage }).accept(webSocketLink(ws as WebSocketLike));
      });
    }
  });
  return { port: bound, close: () => close(server, sockets) };
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  }, 500);
  await closed;
  clearTimeout(late);
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return inputError('serve/listen', `${where} is in use by another program`, 'stop it, or give another --port');
  }
  if (error.code === 'EACCES') {
    return inputError('serve/listen', `${where} may not be opened by this user`, 'give a --port above 1023');
  }
  return inputError('serve/listen', `${where}: ${error.message}`, 'give an address of this computer by --host');
}
