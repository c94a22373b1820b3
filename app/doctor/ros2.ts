import { interfacesFor, readEnvironment } from '../../engine/ros2/rtps/environment.ts';
import { metatrafficPort } from '../../engine/ros2/rtps/ports.ts';

/** What `isocenter ros2` and `isocenter bridge` would do without options. */
export interface Ros2Report {
  readonly domain: number;
  /** The first UDP port in use. */
  readonly port: number;
  /** `lo 127.0.0.1` */
  readonly interfaces: readonly string[];
  /** ROS_AUTOMATIC_DISCOVERY_RANGE as it counts. */
  readonly range: string;
  readonly peers: readonly string[];
  /** Whether robots on other machines can be seen. */
  readonly reachesNetwork: boolean;
  /** ROS_DISTRO, if set. */
  readonly distro: string | undefined;
}

/** @returns the report, or what is wrong with the environment of ROS */
export function examineRos2(): Ros2Report | { readonly fault: string } {
  try {
    const environment = readEnvironment(process.env);
    const interfaces = interfacesFor(environment, []);
    return {
      domain: environment.domain,
      port: metatrafficPort(environment.domain, 0),
      interfaces: interfaces.map(({ name, address }) => `${name} ${address}`),
      range: environment.range,
      peers: environment.peers,
      reachesNetwork: interfaces.some(({ loopback }) => !loopback),
      distro: process.env.ROS_DISTRO,
    };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

export function ros2Lines(report: Ros2Report | { readonly fault: string }): string[] {
  if ('fault' in report) return [`  ros 2          ${report.fault}`];
  const { domain, port, interfaces, range, reachesNetwork, distro } = report;
  const far = reachesNetwork
    ? 'robots on the network are seen'
    : 'only programs of this computer are seen: --interface NAME, or ROS_AUTOMATIC_DISCOVERY_RANGE=SUBNET, reaches the network';
  return [
    `  ros 2          domain ${domain} on ${interfaces.join(', ')}, UDP from port ${port}, range ${range}, ` +
      `definitions of ${distro ?? 'jazzy'}; ${far}`,
  ];
}
