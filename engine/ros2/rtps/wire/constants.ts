/** Submessage kinds (DDSI-RTPS 2.5, 9.4.5.1.1). */
export const SUBMESSAGE = {
  pad: 0x01,
  ackNack: 0x06,
  heartbeat: 0x07,
  gap: 0x08,
  infoTimestamp: 0x09,
  infoSource: 0x0c,
  infoDestination: 0x0e,
  nackFrag: 0x12,
  heartbeatFrag: 0x13,
  data: 0x15,
  dataFrag: 0x16,
} as const;

/** Parameters of discovery and of inline QoS (DDSI-RTPS 2.5, table 9.18; 0x800f is eProsima's). */
export const PID = {
  sentinel: 0x0001,
  participantLease: 0x0002,
  topicName: 0x0005,
  typeName: 0x0007,
  domainId: 0x000f,
  protocolVersion: 0x0015,
  vendorId: 0x0016,
  reliability: 0x001a,
  liveliness: 0x001b,
  durability: 0x001d,
  deadline: 0x0023,
  partition: 0x0029,
  lifespan: 0x002b,
  userData: 0x002c,
  unicastLocator: 0x002f,
  defaultUnicastLocator: 0x0031,
  metatrafficUnicastLocator: 0x0032,
  history: 0x0040,
  participantGuid: 0x0050,
  builtinEndpointSet: 0x0058,
  endpointGuid: 0x005a,
  entityName: 0x0062,
  keyHash: 0x0070,
  statusInfo: 0x0071,
  relatedSample: 0x0083,
  relatedSampleOfFastDds: 0x800f,
  domainTag: 0x4014,
} as const;

/** Entity ids of the endpoints that every participant has, big endian as one number. */
export const ENTITY = {
  unknown: 0,
  participant: 0x000001c1,
  participantWriter: 0x000100c2,
  participantReader: 0x000100c7,
  publicationsWriter: 0x000003c2,
  publicationsReader: 0x000003c7,
  subscriptionsWriter: 0x000004c2,
  subscriptionsReader: 0x000004c7,
  livelinessWriter: 0x000200c2,
  livelinessReader: 0x000200c7,
} as const;

/** Bits of PID_BUILTIN_ENDPOINT_SET. */
export const BUILTIN = {
  participantWriter: 1 << 0,
  participantReader: 1 << 1,
  publicationsWriter: 1 << 2,
  publicationsReader: 1 << 3,
  subscriptionsWriter: 1 << 4,
  subscriptionsReader: 1 << 5,
  livelinessWriter: 1 << 10,
  livelinessReader: 1 << 11,
} as const;

/** Bits of PID_STATUS_INFO. */
export const STATUS = { disposed: 1, unregistered: 2 } as const;

/** Vendor id of this implementation: of no registered vendor. */
export const OUR_VENDOR = 0x01f0;

export const HEADER_BYTES = 20;
export const PREFIX_BYTES = 12;
/** Largest payload of a UDP datagram over IPv4. */
export const MAX_DATAGRAM_BYTES = 65507;
