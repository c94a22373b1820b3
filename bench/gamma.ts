import { openDevice } from '../kernels/device.ts';
import { gammaIndex } from '../planners/radiation/evaluation/gamma.ts';
import { cube, fieldsDose, plastimatchGamma } from './gamma-cases.ts';

const SIDE = 128;
const REPEATS = 3;
/** plastimatch takes minutes over 128^3 voxels: it is timed on a smaller cube, and compared by the point. */
const PEER_SIDE = 40;
const criteria = { dosePercent: 3, distanceMm: 3, thresholdPercent: 10 };

/** Gamma at 3 %/3 mm of 128^3 voxels of 2 mm, and beside it plastimatch's on the same, smaller, doses. */
export async function measureGamma(): Promise<object> {
  const device = await openDevice({ prefer: 'wasm' });
  try {
    const rows = [];
    const whole = cube(SIDE, 2);
    const reference = fieldsDose(whole, 0, 1);
    for (const [name, shift, scale, ripple] of [
      ['1 mm, 1 %', 1, 1.01, 0.15],
      ['3 mm, 3 %', 3, 1.03, 0.15],
      ['6 mm, 8 %, other modulation', 6, 1.08, 0],
    ] as const) {
      const evaluated = fieldsDose(whole, shift, scale, ripple);
      const times: number[] = [];
      // Of all threads: what a busy machine changes least.
      const cpuTimes: number[] = [];
      let result = await gammaIndex(device, reference, evaluated, criteria);
      for (let n = 0; n < REPEATS; n++) {
        const began = performance.now();
        const cpu = process.cpuUsage();
        result = await gammaIndex(device, reference, evaluated, criteria);
        times.push(performance.now() - began);
        cpuTimes.push(process.cpuUsage(cpu).user / 1000);
      }
      const { points, passPercent } = result;
      rows.push({
        name,
        points,
        passPercent: Number(passPercent.toFixed(2)),
        ms: Math.round(Math.min(...times)),
        cpuMs: Math.round(Math.min(...cpuTimes)),
      });
    }
    console.table(rows);
    const small = cube(PEER_SIDE, 2);
    const pair = { name: 'peer', reference: fieldsDose(small, 0, 1), evaluated: fieldsDose(small, 3, 1.03) };
    const began = performance.now();
    const ours = await gammaIndex(device, pair.reference, pair.evaluated, criteria);
    const oursMs = performance.now() - began;
    const peer = plastimatchGamma(pair, criteria);
    const beside = {
      side: PEER_SIDE,
      points: ours.points,
      ms: Math.round(oursMs),
      plastimatchMs: Math.round(peer.ms),
      ratio: Number((peer.ms / oursMs).toFixed(1)),
      passPercent: ours.passPercent,
      plastimatchPassPercent: peer.passPercent,
    };
    console.table([beside]);
    return { side: SIDE, threads: device.threads, rows, plastimatch: beside };
  } finally {
    await device.close();
  }
}
