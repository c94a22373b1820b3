import { networkInterfaces } from 'node:os';
import { inputError } from '../../core/errors.ts';
import type { Locator } from './transport.ts';

/** An IPv4 address of this machine. */
export interface NetworkInterface {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
  readonly loopback: boolean;
}

export function ipv4Interfaces(): readonly NetworkInterface[] {
  const found: NetworkInterface[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { family, address, netmask, internal } of addresses ?? []) {
      if (family === 'IPv4') found.push({ name, address, netmask, loopback: internal });
    }
  }
  return found;
}

/**
 * The interfaces that names or addresses stand for.
 *
 * @throws IsocenterError `ros2/interface` with those that there are
 */
export function chooseInterfaces(
  wanted: readonly string[],
  available: readonly NetworkInterface[] = ipv4Interfaces(),
): readonly NetworkInterface[] {
  const chosen: NetworkInterface[] = [];
  for (const word of wanted) {
    const fitting = available.filter(({ name, address }) => name === word || address === word);
    if (fitting.length === 0) {
      const known = available.map(({ name, address }) => `${name} (${address})`).join(', ') || 'none';
      throw inputError(
        'ros2/interface',
        `No network interface ${JSON.stringify(word)} with an IPv4 address.`,
        `Give one of these by name or address: ${known}.`,
      );
    }
    for (const one of fitting) if (!chosen.includes(one)) chosen.push(one);
  }
  return chosen;
}

/** Loopback, the default; a machine without one has 127.0.0.1 all the same. */
export function loopbackInterfaces(available: readonly NetworkInterface[]): readonly NetworkInterface[] {
  const loopback = available.filter((one) => one.loopback).slice(0, 1);
  if (loopback.length > 0) return loopback;
  return [{ name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', loopback: true }];
}

/** An address as one number; -1 where it is none. */
export function addressNumber(address: string): number {
  const parts = address.split('.');
  if (parts.length !== 4) return -1;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return -1;
    value = value * 256 + Number(part);
  }
  return value;
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

function sameNetwork(one: NetworkInterface, address: string): boolean {
  const mask = addressNumber(one.netmask);
  return (addressNumber(one.address) & mask) === (addressNumber(address) & mask);
}

/**
 * The best of a peer's locators as seen from our interfaces, and the index of the interface to send from. A peer on this
 * machine is spoken to over loopback if it listens there; a peer elsewhere never, whatever it says.
 */
export function bestLocator(
  locators: readonly Locator[],
  ours: readonly NetworkInterface[],
  hostAddresses: ReadonlySet<string>,
): { locator: Locator; via: number } | undefined {
  const elsewhere = locators.some(({ address }) => !isLoopback(address) && !hostAddresses.has(address));
  const loopback = ours.findIndex((one) => one.loopback);
  const network = ours.findIndex((one) => !one.loopback);
  let best: { locator: Locator; via: number } | undefined;
  let bestRank = 0;
  const offer = (rank: number, locator: Locator, via: number): void => {
    if (rank > bestRank && via >= 0) {
      bestRank = rank;
      best = { locator, via };
    }
  };
  for (const locator of locators) {
    if (isLoopback(locator.address)) {
      if (!elsewhere) offer(4, locator, loopback >= 0 ? loopback : network);
      continue;
    }
    offer(
      3,
      locator,
      ours.findIndex((one) => !one.loopback && sameNetwork(one, locator.address)),
    );
    if (hostAddresses.has(locator.address)) offer(2, locator, loopback);
    else offer(1, locator, network);
  }
  return best;
}
