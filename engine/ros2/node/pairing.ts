import type { EndpointInfo } from '../rtps/types.ts';

/** Which end of a service an endpoint is of; both endpoints of one end carry the same id in their user data. */
type End = 'clientid' | 'serviceid';

/** An id for both endpoints of one client or server, as rmw_cyclonedds writes it: bytes in hexadecimal, by dots. */
export function pairingText(end: End, id: Uint8Array): string {
  return `${end}=${[...id].map((byte) => byte.toString(16)).join('.')};`;
}

/**
 * Whether two endpoints of a peer belong to one client or one server: by their ids where both have one (rmw_cyclonedds, ours),
 * else by their participant (rmw_fastrtps).
 */
export function isPair(a: EndpointInfo, b: EndpointInfo, end: End): boolean {
  if (participantOf(a) !== participantOf(b)) return false;
  const ids = [idOf(a, end), idOf(b, end)];
  return ids[0] === undefined || ids[1] === undefined || ids[0] === ids[1];
}

/** Endpoints of one participant share the first 24 digits of their GUIDs. */
export function participantOf(endpoint: EndpointInfo): string {
  return endpoint.guid.slice(0, 24);
}

/** Some versions write the digits with leading zeros, some without. */
function idOf({ userData }: EndpointInfo, end: End): string | undefined {
  const text = new RegExp(`(?:^|;)${end}=([^;]*)`).exec(userData)?.[1];
  return text
    ?.split('.')
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
