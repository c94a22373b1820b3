import { seededRandom } from '../../../../engine/core/random.ts';
import { encodeChunk, encodeFrame, FRAME_KIND } from '../../../../engine/link/frame.ts';

const samples = [
  encodeFrame(FRAME_KIND.control, 0, { t: 'hello', versions: [1], client: 'test', token: 'abc' }),
  encodeFrame(FRAME_KIND.control, 0, { t: 'beat', n: 12, hidden: false }),
  encodeFrame(FRAME_KIND.control, 0, { t: 'ack', received: 3 }),
  encodeFrame(FRAME_KIND.record, 1, {
    t: 'request',
    id: 1,
    method: 'plan',
    params: { patient: 'phantom:slab', x: [1.5, -2] },
  }),
  encodeFrame(FRAME_KIND.record, 2, { t: 'subscribe', stream: 4, topic: 'robot', params: null, window: 8 }),
  encodeFrame(FRAME_KIND.record, 3, {
    t: 'array',
    array: 9,
    id: 1,
    name: 'dose',
    kind: 'f32',
    length: 64,
    about: null,
  }),
  encodeChunk(4, { array: 9, offset: 0, bytes: new Uint8Array(256) }),
  encodeFrame(FRAME_KIND.sample, 0, [4, 0, { q: [0.1, 0.2], bytes: Uint8Array.from([1, 2, 3]) }]),
];

/** Frames of every kind with bytes changed, cut out, doubled or put in. */
export function* mutatedFrames(seed: number, count: number): Generator<Uint8Array> {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  for (let n = 0; n < count; n++) {
    let bytes = samples[below(samples.length)].slice();
    for (let changes = 1 + below(6); changes > 0; changes--) {
      const at = below(bytes.length);
      const kind = below(4);
      if (kind === 0) bytes[at] = below(256);
      else if (kind === 1) bytes[at] ^= 1 << below(8);
      else if (kind === 2) bytes = bytes.slice(0, Math.max(1, at));
      else bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - below(16)))]);
    }
    yield bytes;
  }
}
