/** Fields of the record that the kernel works on, four bytes each, in the order of the class in space.as.ts. */
const SPACE_FIELDS = [
  'dim',
  'bodies',
  'groups',
  'spheres',
  'boxEnd',
  'cylinderEnd',
  'meshEnd',
  'joints',
  'reach',
  'groupTable',
  'sphereTable',
  'obstacleTable',
  'pairs',
  'pairCount',
  'limits',
  'start',
  'delta',
  'bend',
  'relative',
  'frames',
  'frameBytes',
  'chords',
  'stamps',
  'sweeps',
  'recent',
  'lists',
  'bendMost',
  'speedMost',
  'edges',
  'poses',
  'capacity',
  'treeA',
  'treeB',
  'sizeA',
  'sizeB',
  'halton',
  'work',
  'path',
  'spare',
  'pathCapacity',
  'pathCount',
  'iterations',
  'closest',
  'range',
  'domainRadius',
  'domainAlpha',
  'domainLeast',
] as const;

export type SpaceField = (typeof SPACE_FIELDS)[number];

export const SPACE_WORDS = SPACE_FIELDS.length;

/** Word of each field. */
export const FIELD = Object.fromEntries(SPACE_FIELDS.map((name, i) => [name, i])) as Record<SpaceField, number>;

/** Flags of a joint. */
export const PRISMATIC = 1;
export const TURNED = 2;
export const TILT_PLUS = 4;
export const TILT_MINUS = 8;
export const TILT_ANY = 12;

/** Bytes of a body's pose and of a group's centre in a frame, and of a sphere's chord; four lanes of float32 each. */
export const BODY_BYTES = 192;
export const CENTRE_BYTES = 48;
export const CHORD_BYTES = 112;

/** Pairs kept that collided last. */
export const RECENT = 4;

/** Frames that the division of an edge may need at once. */
export const FRAMES = 48;

/** Entries of a list of pairs: lanes in bits 28 to 31, group in 16 to 27, SELF and another group or an obstacle below. */
export const SELF = 0x8000;
/** With SELF: neither of the two links carries the other. */
export const BRANCH = 0x4000;
export const GROUP_LIMIT = 4096;
export const OTHER_LIMIT = 32768;
