import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type ClientOptions, LinkClient } from '../../../engine/link/client.ts';
import { type WebSocketLike, webSocketLink } from '../../../engine/link/socket.ts';

/** Beside the sources, or beside what they were built to. */
const root = join(import.meta.dirname, '..', '..', '..');
const cli = ['dist/app/cli.js', 'app/cli.js'].map((path) => join(root, path)).find((path) => existsSync(path)) ?? '';

export interface Serving {
  readonly child: ChildProcess;
  readonly address: string;
  readonly link: string;
  readonly token: string;
  /** What it has said on stderr. */
  stderr: string;
  /** A viewer with the token, which ends with the server at the latest. */
  open(options?: Partial<ClientOptions>): LinkClient;
  stop(): Promise<number | null>;
}

/** Starts the built `isocenter serve` on a free port. */
export async function startServing(...args: string[]): Promise<Serving> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const command = [cli, 'serve', '--port', '0', '--json', ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const serving = { child, stderr: '' };
  child.stderr.on('data', (data: Buffer) => {
    serving.stderr += data;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      said += data;
      if (said.includes('\n')) resolve(said.split('\n')[0]);
    });
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${serving.stderr}`)));
  });
  const { address, link, token } = JSON.parse(line) as { address: string; link: string; token: string };
  const clients: LinkClient[] = [];
  return Object.assign(serving, {
    address,
    link,
    token,
    open: (options: Partial<ClientOptions> = {}) => {
      const client = viewer({ link, token }, options);
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.close();
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGINT');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  });
}

/** A viewer of the server: with its token, unless another or none is given. */
export function viewer(
  { link, token }: Pick<Serving, 'link' | 'token'>,
  options: Partial<ClientOptions> = {},
): LinkClient {
  return new LinkClient({
    connect: () => webSocketLink(new WebSocket(link) as unknown as WebSocketLike),
    client: 'test',
    token,
    handlers: { largestArray: 1 << 28 },
    ...options,
  });
}
