/** What one end takes from the other. Both ends hold to the same numbers, so that a frame that is too long is a fault. */

/** Version of the frames and records. An end of another version is told so, and the connection is closed. */
export const LINK_VERSION = 1;

/** Longest frame [bytes]; what a WebSocket server should refuse to assemble beyond. */
export const LONGEST_FRAME = 1 << 20;
/** Bytes of an array that go into one frame; a multiple of every element's size. */
export const CHUNK_BYTES = 256 << 10;
/** Deepest nesting of a record. */
export const DEEPEST_RECORD = 24;

/** Frames that a peer may have on the way without having acknowledged them. */
export const WINDOW_FRAMES = 256;
/** What waits in the socket before frames wait here [bytes]. */
export const SOCKET_BYTES = 1 << 20;
/** What waits for a peer before it counts as lost [bytes]. */
export const OUTBOX_BYTES = 32 << 20;
/** Chunks of one array that may be on the way without having been taken. */
export const CHUNK_CREDIT = 16;

/** Requests of one peer at work at once; streams that it may have open. */
export const MOST_REQUESTS = 64;
export const MOST_STREAMS = 64;
/** Samples of a best-effort stream that wait for a slow peer, the newest kept. */
export const SAMPLE_DEPTH = 8;

/** The page's main thread beats so often, and the server holds a robot after so much silence [ms]. */
export const BEAT_MS = 100;
export const SILENCE_MS = 300;
/** A connection that says nothing at all for so long is closed by the server [ms]; its session stays for a while. */
export const DEAD_MS = 10_000;
/** How long a session outlives its connection [ms]. */
export const SESSION_MS = 60_000;
/** How long a connection may take to say hello [ms]. */
export const HELLO_MS = 5000;

/** Codes that a connection is closed with; pages may use 1000 and those above 3000 only. */
export const CLOSE = {
  normal: 1000,
  away: 4410,
  tooBig: 4413,
  busy: 4453,
  malformed: 4400,
  refused: 4401,
  forbidden: 4403,
  silent: 4408,
  takenOver: 4409,
  version: 4426,
  slow: 4429,
  lost: 4404,
} as const;
