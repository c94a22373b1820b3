import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Bridge from 'ros2-web-bridge/lib/bridge.js';
import { type WebSocket, WebSocketServer } from 'ws';
import { inputError } from '../../engine/core/errors.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { RclNode } from '../../engine/ros2/rclnodejs/adapter.ts';
import { BridgeClient } from './client.ts';

/** Largest message of a client [bytes]: a megabyte of points as JSON numbers is 3.6 MB. */
const LARGEST_MESSAGE = 64 << 20;

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Origins of web pages that may connect besides those of this computer; `*` for all. */
  readonly origins: readonly string[];
  readonly statusLevel: string;
  readonly onClient?: (count: number, what: string) => void;
}

export interface Gateway {
  readonly host: string;
  readonly port: number;
  readonly clients: number;
  close(): Promise<void>;
}

/**
 * A rosbridge v2 server: ros2-web-bridge for each client, over a node of ours.
 *
 * @throws IsocenterError `bridge/listen` where the port is in use or the address is not one of this computer
 */
export async function openGateway(node: RosNode, options: GatewayOptions): Promise<Gateway> {
  const server = new WebSocketServer({
    host: options.host,
    port: options.port,
    maxPayload: LARGEST_MESSAGE,
    verifyClient: ({ origin, req }: { origin: string; req: IncomingMessage }) => {
      if (isAllowed(origin, options.origins)) return true;
      options.onClient?.(server.clients.size, `refused a page of ${origin} at ${req.socket.remoteAddress}`);
      return false;
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, options)));
  });
  const rcl = new RclNode(node);
  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const client = new BridgeClient(socket, node.graph);
    const bridge = new Bridge(rcl, client, options.statusLevel);
    bridge.on('error', () => socket.terminate());
    const from = `${request.socket.remoteAddress}:${request.socket.remotePort}`;
    options.onClient?.(server.clients.size, `client ${from} came`);
    socket.on('close', () => options.onClient?.(server.clients.size, `client ${from} left`));
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: options.host,
    port,
    get clients() {
      return server.clients.size;
    },
    close: async () => {
      for (const socket of server.clients) socket.close(1001, 'the bridge stops');
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const late = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, 500);
      await closed;
      clearTimeout(late);
    },
  };
}

/** Pages of this computer, and clients that are no pages (they send no origin). */
function isAllowed(origin: string | undefined, origins: readonly string[]): boolean {
  if (origin === undefined || origin === '' || origins.includes('*') || origins.includes(origin)) return true;
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

function listenError(error: NodeJS.ErrnoException, { host, port }: GatewayOptions): Error {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return inputError('bridge/listen', `${where} is in use by another program`, 'stop it, or give another --port');
  }
  if (error.code === 'EACCES') {
    return inputError('bridge/listen', `${where} may not be opened by this user`, 'give a --port above 1023');
  }
  return inputError('bridge/listen', `${where}: ${error.message}`, 'give an address of this computer by --host');
}
