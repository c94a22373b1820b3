import { isIP } from 'node:net';
import { hostname } from 'node:os';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request is meant for this server by a name that only this server has. A page of elsewhere whose name was made to
 * point here (DNS rebinding) comes with its own name, and is refused.
 *
 * @param host the header Host
 * @param bound the address that the server listens on
 */
export function isOwnHost(host: string | undefined, bound: string, port: number): boolean {
  const [, name, at] = /^(.+?)(?::(\d+))?$/.exec(host?.toLowerCase() ?? '') ?? [];
  if (name === undefined || Number(at ?? 80) !== port) return false;
  if (LOOPBACK.includes(name) || name === bound.toLowerCase() || name === `[${bound.toLowerCase()}]`) return true;
  const isEverywhere = bound === '0.0.0.0' || bound === '::';
  return isEverywhere && (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === hostname().toLowerCase());
}

/** Whether a page is of this server: its origin is the host that it asks. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
}
