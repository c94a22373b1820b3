import type { FaultOrigin } from '../../core/errors.ts';
import type { DeviceKind, LaunchSpec } from '../device.ts';

/** What a thread is given to work on a device that another thread has: `port` and what the device is called. */
export interface RemoteEnd {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly threads: number;
  readonly port: MessagePort;
}

export type RemoteSpec = Omit<LaunchSpec, 'buffers'> & { readonly buffers: readonly number[] };

/** A call of the device; buffers, launches and questions by number. They take effect in the order in which they come. */
export type RemoteCall =
  | { readonly do: 'allocate'; readonly buffer: number; readonly byteLength: number; readonly label: string }
  | { readonly do: 'free'; readonly buffer: number }
  | { readonly do: 'write'; readonly buffer: number; readonly data: Uint8Array; readonly byteOffset: number }
  | { readonly do: 'clear'; readonly buffer: number }
  | { readonly do: 'copy'; readonly from: number; readonly to: number; readonly byteLength: number }
  | { readonly do: 'prepare'; readonly launch: number; readonly spec: RemoteSpec }
  | { readonly do: 'set'; readonly launch: number; readonly index: number; readonly value: number }
  | { readonly do: 'run'; readonly launch: number }
  | { readonly do: 'show'; readonly buffer: number; readonly isLast: boolean }
  | {
      readonly do: 'read';
      readonly question: number;
      readonly buffer: number;
      readonly byteLength: number;
      readonly byteOffset: number;
    }
  | { readonly do: 'finish'; readonly question: number }
  /** The caller knows of the fault: what follows is no longer void. */
  | { readonly do: 'go-on' };

export interface RemoteFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly origin: FaultOrigin;
}

export interface RemoteAnswer {
  readonly question: number;
  readonly data?: Uint8Array;
  readonly fault?: RemoteFault;
}
