import { type FoundGpu, requestGpu } from '../../engine/compute/webgpu/adapter.ts';

/** `auto` takes WebGPU on a hardware adapter, else WebGL 2 and wasm; software WebGPU comes only when asked for by name. */
export type DeviceWish = 'auto' | 'webgpu' | 'wasm';

/** `?device=webgpu` or `?device=wasm` of the page's address. */
export function deviceWish(search: string): DeviceWish {
  const wish = new URLSearchParams(search).get('device');
  return wish === 'webgpu' || wish === 'wasm' ? wish : 'auto';
}

/**
 * The GPU that renderer and planner share; undefined where both do without one.
 *
 * @throws IsocenterError `device/no-webgpu` where it was asked for by name and there is none
 */
export async function findGraphics(wish: DeviceWish): Promise<FoundGpu | undefined> {
  if (wish === 'wasm' || (wish === 'auto' && !('gpu' in navigator))) return undefined;
  return requestGpu({ required: wish === 'webgpu' });
}
