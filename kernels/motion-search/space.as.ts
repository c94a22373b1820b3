// The tables and the working memory of one robot in one scene. Fields are four bytes each, in the order of SPACE_FIELDS in
// layout.ts, which writes them. Lengths in m, angles in rad; poses and points of four configurations at once, one a lane.
@unmanaged
export class Space {
  /** Numbers of a configuration. */
  dim: i32;
  /** Parts that move as one, the base as number 0. */
  bodies: i32;
  groups: i32;
  spheres: i32;
  /** Obstacles [0, boxEnd) are rounded boxes, then cylinders, meshes and fields. */
  boxEnd: i32;
  cylinderEnd: i32;
  meshEnd: i32;
  /** [bodies][16] how a body hangs on its parent; see JOINT_* */
  joints: usize;
  /** [bodies][bodies] furthest that a sphere centre of a body can be from a joint's axis; negative: not moved by it. */
  reach: usize;
  /** [groups][16] spheres of one link; see GROUP_* */
  groupTable: usize;
  /** [spheres][4] centre in the body's frame, radius */
  sphereTable: usize;
  /** [obstacles][16]; see OBSTACLE_* */
  obstacleTable: usize;
  /** Pairs that can meet at all. */
  pairs: usize;
  pairCount: i32;
  /** [dim][2] lower limit and span */
  limits: usize;

  /** Working memory. [bodies] joint position at the start of the edge and its change along the edge. */
  start: usize;
  delta: usize;
  /** [bodies][bodies] bound of the second derivative of a body's sphere centres, seen from a body that carries it. */
  bend: usize;
  /** Two poses of one body seen from another. */
  relative: usize;
  frames: usize;
  frameBytes: i32;
  /** [spheres][7] v128: midpoint, half chord and its length */
  chords: usize;
  /** [groups] sweep in which its chords were made */
  stamps: usize;
  sweeps: i32;
  /** [RECENT] pairs that collided last, the latest first; 0: none. */
  recent: usize;
  lists: usize;
  /** Largest bend, and bound of the first derivative, over all bodies. */
  bendMost: f32;
  speedMost: f32;
  /** Counters since the query began. */
  edges: i32;
  poses: i32;

  /** Search. */
  capacity: i32;
  /** Two trees, their addresses; see tree.as.ts. */
  treeA: usize;
  treeB: usize;
  sizeA: i32;
  sizeB: i32;
  /** [dim] state of the Halton sequence; see halton.as.ts */
  halton: usize;
  /** [4][dim] configurations in work */
  work: usize;
  /** Path: [pathCapacity][dim], and a second one to build the next from. */
  path: usize;
  spare: usize;
  pathCapacity: i32;
  pathCount: i32;
  iterations: i32;
  /** Least distance seen between a node of one tree and its nearest in the other. */
  closest: f32;
  range: f32;
  /** Dynamic domain: first radius, how fast it changes, least radius. */
  domainRadius: f32;
  domainAlpha: f32;
  domainLeast: f32;
}

/** Joint table, four-byte words: parent's byte offset in a frame, flags, then the fixed part. */
export const JOINT_BYTES: usize = 64;
export const PRISMATIC: u32 = 1;
export const TURNED: u32 = 2;
export const TILT_NONE: u32 = 0;
export const TILT_PLUS: u32 = 4;
export const TILT_MINUS: u32 = 8;
export const TILT_ANY: u32 = 12;

/** A frame holds 12 v128 a body (columns X, Y, Z and the origin) and then 3 v128 a group (centre of its bounding sphere). */
export const BODY_BYTES: usize = 192;
export const CENTRE_BYTES: usize = 48;
export const RECENT: usize = 4;
export const CHORD_BYTES: usize = 112;

/** A pair in a list: lanes still open (bits 28-31), group (16-27), and an obstacle, or SELF and another group (0-15). */
export const SELF: u32 = 0x8000;
export const OTHER: u32 = 0x7fff;
/** With SELF: neither of the two links carries the other; else the first hangs on the second. */
export const BRANCH: u32 = 0x4000;
export const OTHER_GROUP: u32 = 0x3fff;
