import { inputError } from '../../core/errors.ts';

/** Ports of DDSI-RTPS 2.5, 9.6.1.1 with their default parameters. */
export const MULTICAST_ADDRESS = '239.255.0.1';
/** Participant ids on one machine and domain before the ports run into the next domain. */
export const MAX_PARTICIPANT_ID = 119;
/** Participants looked for by unicast: as many as CycloneDDS looks for. */
export const UNICAST_PARTICIPANTS = 10;
/** Domain 232 is the last whose ports are below 65536. */
export const MAX_DOMAIN = 232;

export function discoveryMulticastPort(domain: number): number {
  return 7400 + 250 * domain;
}

export function metatrafficPort(domain: number, participantId: number): number {
  return 7400 + 250 * domain + 10 + 2 * participantId;
}

export function userPort(domain: number, participantId: number): number {
  return metatrafficPort(domain, participantId) + 1;
}

/** @throws IsocenterError `ros2/domain` */
export function checkDomain(domain: number): void {
  if (Number.isInteger(domain) && domain >= 0 && domain <= MAX_DOMAIN) return;
  throw inputError(
    'ros2/domain',
    `Domain ${domain} is outside 0 to ${MAX_DOMAIN}.`,
    'Set ROS_DOMAIN_ID or --domain to 0..101.',
  );
}
