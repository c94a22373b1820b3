import { inputError } from '../../core/errors.ts';
import { chooseInterfaces, ipv4Interfaces, loopbackInterfaces, type NetworkInterface } from './interfaces.ts';
import { checkDomain } from './ports.ts';

/** How far discovery reaches, in the words of ROS_AUTOMATIC_DISCOVERY_RANGE. */
export const DISCOVERY_RANGES = ['SUBNET', 'LOCALHOST', 'OFF', 'SYSTEM_DEFAULT'] as const;
export type DiscoveryRange = (typeof DISCOVERY_RANGES)[number];

/** What the environment of ROS says about the network. */
export interface RosEnvironment {
  readonly domain: number;
  readonly range: DiscoveryRange;
  readonly peers: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads ROS_DOMAIN_ID, ROS_AUTOMATIC_DISCOVERY_RANGE, ROS_LOCALHOST_ONLY and ROS_STATIC_PEERS. Other than ROS, a range that is
 * not given is LOCALHOST: nothing leaves the machine unless it is asked for. ROS_LOCALHOST_ONLY=1 comes before the others, as in ROS.
 *
 * @throws IsocenterError `ros2/domain`, `ros2/environment`
 */
export function readEnvironment(variables: Variables): RosEnvironment {
  const domain = readDomain(variables.ROS_DOMAIN_ID);
  const peers = (variables.ROS_STATIC_PEERS ?? '').split(';').filter((peer) => peer.trim() !== '');
  if (variables.ROS_LOCALHOST_ONLY === '1') return { domain, range: 'LOCALHOST', peers: [] };
  const given = variables.ROS_AUTOMATIC_DISCOVERY_RANGE?.trim().toUpperCase();
  if (given === undefined || given === '') return { domain, range: 'LOCALHOST', peers: peers.map((p) => p.trim()) };
  const range = DISCOVERY_RANGES.find((one) => one === given);
  if (range === undefined) {
    throw inputError(
      'ros2/environment',
      `ROS_AUTOMATIC_DISCOVERY_RANGE is ${JSON.stringify(given)}.`,
      `Set it to one of ${DISCOVERY_RANGES.join(', ')}.`,
    );
  }
  return { domain, range, peers: range === 'OFF' ? [] : peers.map((p) => p.trim()) };
}

/** Interfaces for a range: loopback; with SUBNET all others too; with peers elsewhere those that may reach them. */
export function interfacesFor(
  { range, peers }: RosEnvironment,
  wanted: readonly string[],
  available: readonly NetworkInterface[] = ipv4Interfaces(),
): readonly NetworkInterface[] {
  if (wanted.length > 0) return chooseInterfaces(wanted, available);
  const loopback = loopbackInterfaces(available);
  const far = range === 'SUBNET' || peers.some((peer) => !/^(127\.|localhost$|localhost:)/.test(peer));
  return far ? [...loopback, ...available.filter((one) => !one.loopback)] : loopback;
}

function readDomain(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return 0;
  const domain = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  checkDomain(domain);
  return domain;
}
