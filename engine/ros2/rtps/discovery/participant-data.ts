import { guidBytes } from '../guid.ts';
import { LIMITS } from '../limits.ts';
import type { Locator } from '../transport.ts';
import type { Vendor } from '../types.ts';
import { BUILTIN, ENTITY, OUR_VENDOR, PID, PREFIX_BYTES } from '../wire/constants.ts';
import { ParameterList, ParameterListWriter } from '../wire/parameter-list.ts';

/** What a participant says of itself (SPDP). */
export interface ParticipantData {
  readonly prefix: Buffer;
  readonly vendor: Vendor;
  readonly domain: number | undefined;
  readonly domainTag: string;
  readonly name: string;
  readonly userData: string;
  readonly leaseSec: number;
  readonly builtin: number;
  readonly metatraffic: readonly Locator[];
  readonly user: readonly Locator[];
}

const VENDORS: Readonly<Record<number, Vendor>> = {
  257: 'connext',
  271: 'fastdds',
  272: 'cyclonedds',
  [OUR_VENDOR]: 'isocenter',
};

const OUR_BUILTIN = Object.values(BUILTIN).reduce((bits, bit) => bits | bit, 0);

export function vendorOf(id: number): Vendor {
  return VENDORS[id] ?? 'unknown';
}

export function encodeParticipant(
  data: Pick<ParticipantData, 'prefix' | 'name' | 'userData' | 'leaseSec' | 'metatraffic' | 'user'> & {
    domain: number;
  },
): Buffer {
  const list = new ParameterListWriter()
    .add(PID.protocolVersion, Buffer.from([2, 1]))
    .add(PID.vendorId, Buffer.from([OUR_VENDOR >> 8, OUR_VENDOR & 0xff]))
    .add(PID.participantGuid, guidBytes(data.prefix, ENTITY.participant))
    .u32(PID.builtinEndpointSet, OUR_BUILTIN)
    .u32(PID.domainId, data.domain)
    .duration(PID.participantLease, data.leaseSec)
    .string(PID.entityName, data.name);
  if (data.userData !== '') list.octets(PID.userData, data.userData);
  for (const { address, port } of data.metatraffic) list.locator(PID.metatrafficUnicastLocator, address, port);
  for (const { address, port } of data.user) list.locator(PID.defaultUnicastLocator, address, port);
  return list.payload();
}

/** @returns undefined where the payload is no participant's, or says too little to speak to it */
export function decodeParticipant(payload: Buffer): ParticipantData | undefined {
  const list = ParameterList.ofPayload(payload);
  const guid = list?.bytes(PID.participantGuid, 16);
  if (list === undefined || guid === undefined) return undefined;
  const metatraffic = list.locators(PID.metatrafficUnicastLocator);
  if (metatraffic.length === 0) return undefined;
  const user = list.locators(PID.defaultUnicastLocator);
  const vendor = list.bytes(PID.vendorId, 2);
  return {
    prefix: Buffer.from(guid.subarray(0, PREFIX_BYTES)),
    vendor: vendor === undefined ? 'unknown' : vendorOf(vendor.readUInt16BE(0)),
    domain: list.u32(PID.domainId),
    domainTag: list.string(PID.domainTag) ?? '',
    name: (list.string(PID.entityName) ?? '').slice(0, LIMITS.textLength),
    userData: (list.octets(PID.userData) ?? '').slice(0, LIMITS.textLength),
    leaseSec: Math.min(list.duration(PID.participantLease) ?? 100, LIMITS.leaseSec),
    builtin: list.u32(PID.builtinEndpointSet) ?? OUR_BUILTIN,
    metatraffic,
    user: user.length > 0 ? user : metatraffic,
  };
}
