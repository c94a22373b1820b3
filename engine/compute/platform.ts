interface NodeProcess {
  readonly getBuiltinModule?: (id: string) => unknown;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  readonly hrtime?: () => readonly [number, number];
}

interface NodeOs {
  availableParallelism(): number;
  cpus(): readonly { readonly model: string }[];
}

interface NodeFs {
  existsSync(path: string): boolean;
}

/** What differs between Node and a browser, asked at run time so that bundlers see no `node:` import. */
const node = (globalThis as { process?: NodeProcess }).process;

function builtin<T>(id: string): T | undefined {
  return node?.getBuiltinModule?.(id) as T | undefined;
}

export const isNode = builtin('node:os') !== undefined;

export function environment(name: string): string | undefined {
  return node?.env?.[name];
}

/** Logical processors this process may use. */
export function processorCount(): number {
  const os = builtin<NodeOs>('node:os');
  if (os) return os.availableParallelism();
  return typeof navigator === 'undefined' ? 1 : (navigator.hardwareConcurrency ?? 1);
}

export function processorName(): string {
  return builtin<NodeOs>('node:os')?.cpus()[0]?.model.trim() ?? 'browser';
}

/** Whether threads can share memory here: always in Node, in a browser only on a cross-origin isolated page. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return isNode || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}

/**
 * Whether a graphics device is visible to this process. Loading Dawn to find none costs a few hundred milliseconds; on
 * Linux the absence of every device node tells the same at once.
 */
export function mayHaveGraphicsDevice(): boolean {
  if (node?.platform !== 'linux') return true;
  const fs = builtin<NodeFs>('node:fs');
  if (!fs) return true;
  return ['/dev/dri', '/dev/nvidia0', '/dev/nvidiactl', '/dev/dxg', '/dev/kfd'].some((path) => fs.existsSync(path));
}

/** Seconds on a clock that all threads of the process, or all workers of a page, share. */
export function clockSec(): number {
  const time = node?.hrtime?.();
  if (time === undefined) return (performance.timeOrigin + performance.now()) / 1000;
  return time[0] + 1e-9 * time[1];
}
