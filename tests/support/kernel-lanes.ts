import { type Device, type DeviceBuffer, upload } from '../../engine/compute/device.ts';
import type { KernelArray, KernelCase, KernelContract } from '../../kernels/contract.ts';

// Runs contracts on devices. Used by vitest in Node and by a page in a browser, so it imports neither.

/** Outputs, scratch and what lies behind them are full of this word before a kernel runs; as a float it is -6.3e18. */
const SENTINEL = 0xdeadbeef;
const SENTINEL_BYTES = 64;

/** One case of one contract on one device. */
export interface LaneResult {
  readonly kernel: string;
  readonly case: string;
  /** Largest error over the compared outputs, each relative to the largest magnitude of its reference. */
  readonly error: number;
  readonly tolerance: number;
  /** Largest error of each compared output in its own unit. */
  readonly absolute: Readonly<Record<string, number>>;
  /** Elements that are NaN in the reference, of those the ones that are NaN here, and NaN here that the reference has not. */
  readonly nan: { readonly expected: number; readonly shown: number; readonly spread: number };
  /** What is wrong, in words; empty when the case passes. */
  readonly problems: readonly string[];
  readonly outputs: Readonly<Record<string, KernelArray>>;
}

const references = new WeakMap<object, Record<string, Float64Array>>();

/** The reference of a case, computed once. */
export function referenceOf<P>(contract: KernelContract<P>, c: KernelCase<P>): Record<string, Float64Array> {
  let reference = references.get(c);
  if (!reference) {
    reference = contract.reference(c);
    references.set(c, reference);
  }
  return reference;
}

interface Guarded {
  readonly buffer: DeviceBuffer;
  /** First byte of the sentinels. */
  readonly end: number;
}

/** Allocates `length` bytes and sentinels behind them; the bytes are `data`, or sentinels too. */
function guard(device: Device, length: number, label: string, data?: KernelArray): Guarded {
  const byteLength = Math.ceil(length / 16) * 16 + SENTINEL_BYTES;
  const buffer = device.allocate(byteLength, label);
  const words = new Uint32Array(byteLength / 4).fill(SENTINEL);
  if (data) words.set(new Uint32Array(data.buffer, data.byteOffset, data.length));
  device.write(buffer, words);
  return { buffer, end: length };
}

async function isIntact(device: Device, guarded: Guarded): Promise<boolean> {
  const words = new Uint32Array((guarded.buffer.byteLength - guarded.end) / 4);
  await device.read(guarded.buffer, words, guarded.end);
  return words.every((word) => word === SENTINEL);
}

function sameBits(a: KernelArray, b: KernelArray): boolean {
  const x = new Uint32Array(a.buffer, a.byteOffset, a.length);
  const y = new Uint32Array(b.buffer, b.byteOffset, b.length);
  return x.length === y.length && x.every((word, i) => word === y[i]);
}

/** Whether two results of the same case agree to the last bit. */
export function identicalOutputs(a: LaneResult, b: LaneResult): boolean {
  return Object.keys(a.outputs).every((name) => sameBits(a.outputs[name], b.outputs[name]));
}

/** Runs a case on a device and compares it with the reference. A trap of the kernel is a problem, not an exception. */
export async function runCase<P>(device: Device, contract: KernelContract<P>, c: KernelCase<P>): Promise<LaneResult> {
  const problems: string[] = [];
  const guarded = new Map<string, Guarded>();
  const inputs = new Map<string, DeviceBuffer>();
  for (const [name, { length }] of Object.entries(c.outputs)) {
    guarded.set(name, guard(device, 4 * length, name, c.inputs[name]));
  }
  for (const [name, bytes] of Object.entries(c.scratch ?? {})) guarded.set(name, guard(device, bytes, name));
  for (const [name, data] of Object.entries(c.inputs)) {
    if (!guarded.has(name)) inputs.set(name, upload(device, data, name));
  }
  const buffers: Record<string, DeviceBuffer> = Object.fromEntries(inputs);
  for (const [name, { buffer }] of guarded) buffers[name] = buffer;

  const outputs: Record<string, KernelArray> = {};
  try {
    for (const launch of await contract.prepare(device, c, buffers)) device.run(launch);
    await device.finish();
    for (const [name, { type, length }] of Object.entries(c.outputs)) {
      const target = type === 'f32' ? new Float32Array(length) : new Uint32Array(length);
      if (length > 0) await device.read(buffers[name], target);
      outputs[name] = target;
    }
    for (const [name, buffer] of guarded) {
      if (!(await isIntact(device, buffer))) problems.push(`writes beyond ${name}`);
    }
    for (const [name, buffer] of inputs) {
      const now = new Uint32Array(c.inputs[name].length);
      if (now.length > 0) await device.read(buffer, now);
      if (!sameBits(c.inputs[name], now)) problems.push(`writes into its input ${name}`);
    }
  } catch (error) {
    problems.push(`failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const buffer of Object.values(buffers)) device.free(buffer);

  const nan = { expected: 0, shown: 0, spread: 0 };
  const absolute: Record<string, number> = {};
  let worst = 0;
  if (problems.length === 0) {
    const reference = referenceOf(contract, c);
    const compared = contract.compared?.(c, outputs) ?? outputs;
    for (const [name, wanted] of Object.entries(reference)) {
      const got = compared[name];
      if (got?.length !== wanted.length) {
        problems.push(`${name}: ${got?.length} values, the reference has ${wanted.length}`);
        continue;
      }
      let scale = 0;
      let largest = 0;
      let at = -1;
      for (let i = 0; i < wanted.length; i++) {
        if (Number.isNaN(wanted[i])) {
          nan.expected++;
          if (Number.isNaN(got[i])) nan.shown++;
          continue;
        }
        if (c.nan && Number.isNaN(got[i])) {
          nan.spread++;
          continue;
        }
        scale = Math.max(scale, Math.abs(wanted[i]));
        const error = Number.isFinite(got[i]) ? Math.abs(got[i] - wanted[i]) : Number.POSITIVE_INFINITY;
        if (error > largest) {
          largest = error;
          at = i;
        }
      }
      absolute[name] = largest;
      const allowed = got instanceof Uint32Array ? 0 : contract.tolerance.relative * scale;
      if (largest > 0) worst = Math.max(worst, largest / (scale || 1));
      if (largest > allowed) {
        problems.push(
          `${name}[${at}] is ${got[at]}, the reference ${wanted[at]}; ${allowed.toExponential(1)} is allowed`,
        );
      }
    }
    if (nan.expected > 0 && !c.nan) problems.push('the reference holds NaN, the case does not say so');
    if (nan.expected > 0 && nan.shown === 0) problems.push('NaN in an input shows in no output');
  }
  const tolerance = contract.tolerance.relative;
  return { kernel: contract.name, case: c.name, error: worst, tolerance, absolute, nan, problems, outputs };
}
