/** Bounds on what peers can make this participant hold; a flood meets them, a robot does not. */
export const LIMITS = {
  /** Participants known at a time. */
  participants: 256,
  /** Endpoints of one participant. */
  endpointsPerParticipant: 4096,
  /** Endpoints of all participants. */
  endpoints: 16384,
  /** Bytes of a sample; larger ones are refused on both ways. */
  sampleBytes: 64 << 20,
  /** Bytes of fragments and of samples that wait for earlier ones, all readers together. */
  pendingBytes: 256 << 20,
  /** Samples of one writer that wait for an earlier one. */
  pendingSamples: 1024,
  /** Samples of one writer being put together from fragments. */
  assemblies: 64,
  /** Bytes that a writer keeps for retransmission. */
  historyBytes: 256 << 20,
  /** Bytes sent again for one request of a reader; it asks again for the rest. */
  resendBytes: 4 << 20,
  /** The longest that a silent participant is kept, whatever lease it states [s]. */
  leaseSec: 600,
  /** Characters of a topic, a type, a name and user data. */
  textLength: 4096,
} as const;
