import { IsocenterError } from '../../core/errors.ts';
import { nextTurn } from '../../core/turn.ts';
import type { Device, DeviceBuffer, Launch } from '../device.ts';
import type { RemoteAnswer, RemoteCall, RemoteEnd, RemoteFault, RemoteSpec } from './messages.ts';

/** After so long others get their turn [ms]: half a frame. */
const SLICE_MS = 8;

export interface ServedDevice {
  /** For the thread that is to work on the device; its port is to be transferred. */
  readonly end: RemoteEnd;
  /** Carries out nothing more and frees all that the other thread allocated; the device stays open. */
  close(): void;
}

/**
 * Lets another thread work on a device of this one, through a `RemoteDevice`. Calls are carried out in their order, in slices of
 * {@link SLICE_MS}, so that a page stays responsive.
 *
 * @param show is given what the other thread shows: a buffer, as all calls so far make it
 */
export function serveDevice(device: Device, show: (buffer: DeviceBuffer, isLast: boolean) => void): ServedDevice {
  const { port1, port2 } = new MessageChannel();
  const calls = new Calls(device, show, (answer, transfer) => port1.postMessage(answer, transfer));
  port1.onmessage = ({ data }: MessageEvent<readonly RemoteCall[]>) => calls.take(data);
  const { kind, name, threads } = device;
  return {
    end: { kind, name, threads, port: port2 },
    close: () => {
      port1.close();
      calls.close();
    },
  };
}

type Tell = (answer: RemoteAnswer, transfer: Transferable[]) => void;

class Calls {
  readonly #device: Device;
  readonly #show: (buffer: DeviceBuffer, isLast: boolean) => void;
  readonly #tell: Tell;
  readonly #buffers = new Map<number, DeviceBuffer>();
  readonly #launches = new Map<number, { readonly launch: Launch; readonly buffers: readonly number[] }>();
  /** Launches that bind a buffer go with it. */
  readonly #launchesOf = new Map<number, Set<number>>();
  readonly #waiting: RemoteCall[] = [];
  #isWorking = false;
  #isClosed = false;
  /** Of a call that failed: those after it are void until the caller knows. */
  #fault: RemoteFault | undefined;

  constructor(device: Device, show: (buffer: DeviceBuffer, isLast: boolean) => void, tell: Tell) {
    this.#device = device;
    this.#show = show;
    this.#tell = tell;
  }

  take(calls: readonly RemoteCall[]): void {
    for (const call of calls) this.#waiting.push(call);
    if (!this.#isWorking) void this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    for (const buffer of this.#buffers.values()) this.#device.free(buffer);
    this.#buffers.clear();
    this.#launches.clear();
    this.#launchesOf.clear();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    let beganMs = performance.now();
    while (this.#waiting.length > 0) {
      // A plan that is prepared makes some thousands of calls: they are taken out in one piece each slice.
      let done = 0;
      while (done < this.#waiting.length && performance.now() - beganMs < SLICE_MS)
        this.#carryOut(this.#waiting[done++]);
      this.#waiting.splice(0, done);
      if (this.#waiting.length === 0) break;
      await nextTurn();
      beganMs = performance.now();
    }
    this.#isWorking = false;
  }

  #carryOut(call: RemoteCall): void {
    if (call.do === 'go-on') this.#fault = undefined;
    else if (call.do === 'free') this.#free(call.buffer);
    else if (call.do === 'read' || call.do === 'finish') void this.#answer(call);
    else if (this.#fault === undefined) {
      try {
        this.#do(call);
      } catch (error) {
        this.#fault = faultOf(error);
      }
    }
  }

  #do(call: Exclude<RemoteCall, { readonly do: 'go-on' | 'free' | 'read' | 'finish' }>): void {
    const device = this.#device;
    switch (call.do) {
      case 'allocate':
        this.#buffers.set(call.buffer, device.allocate(call.byteLength, call.label));
        break;
      case 'write':
        device.write(this.#buffer(call.buffer), call.data, call.byteOffset);
        break;
      case 'clear':
        device.clear(this.#buffer(call.buffer));
        break;
      case 'copy':
        device.copy(this.#buffer(call.from), this.#buffer(call.to), call.byteLength);
        break;
      case 'prepare':
        this.#prepare(call.launch, call.spec);
        break;
      case 'set':
        this.#launch(call.launch).setParam(call.index, call.value);
        break;
      case 'run':
        device.run(this.#launch(call.launch));
        break;
      case 'show':
        this.#show(this.#buffer(call.buffer), call.isLast);
    }
  }

  async #answer(call: Extract<RemoteCall, { readonly do: 'read' | 'finish' }>): Promise<void> {
    const { question } = call;
    let answer: RemoteAnswer = { question };
    try {
      if (this.#fault !== undefined) answer = { question, fault: this.#fault };
      else if (call.do === 'finish') await this.#device.finish();
      else {
        const data = new Uint8Array(call.byteLength);
        await this.#device.read(this.#buffer(call.buffer), data, call.byteOffset);
        answer = { question, data };
      }
    } catch (error) {
      answer = { question, fault: faultOf(error) };
    }
    if (!this.#isClosed) this.#tell(answer, answer.data === undefined ? [] : [answer.data.buffer as ArrayBuffer]);
  }

  #prepare(number: number, spec: RemoteSpec): void {
    const { buffers } = spec;
    const launch = this.#device.prepare({ ...spec, buffers: buffers.map((buffer) => this.#buffer(buffer)) });
    this.#launches.set(number, { launch, buffers });
    for (const buffer of buffers) {
      const own = this.#launchesOf.get(buffer);
      if (own === undefined) this.#launchesOf.set(buffer, new Set([number]));
      else own.add(number);
    }
  }

  /** One whose allocation failed was never there. */
  #free(number: number): void {
    const buffer = this.#buffers.get(number);
    if (buffer === undefined) return;
    this.#buffers.delete(number);
    for (const launch of this.#launchesOf.get(number) ?? []) {
      for (const other of this.#launches.get(launch)?.buffers ?? []) this.#launchesOf.get(other)?.delete(launch);
      this.#launches.delete(launch);
    }
    this.#launchesOf.delete(number);
    this.#device.free(buffer);
  }

  #buffer(number: number): DeviceBuffer {
    return this.#buffers.get(number) ?? missing('buffer', number);
  }

  #launch(number: number): Launch {
    return this.#launches.get(number)?.launch ?? missing('launch', number);
  }
}

function missing(what: string, number: number): never {
  throw new IsocenterError({
    code: 'device/unknown',
    message: `${what} ${number} of another thread is not on this device: it was freed, or never there`,
    hint: 'please report this with what led to it',
    origin: 'internal',
  });
}

function faultOf(error: unknown): RemoteFault {
  if (error instanceof IsocenterError) {
    const { code, message, hint, origin } = error;
    return { code, message, hint, origin };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'device/failed', message, hint: 'please report this with what led to it', origin: 'internal' };
}
