import type { DeviceCheck, DoctorReport } from './examine.ts';
import { ros2Lines } from './ros2.ts';

/** The report for people to read. */
export function doctorText(report: DoctorReport): string {
  const { processor, wasm, auto } = report;
  const lines = [
    `isocenter ${report.version}, Node ${report.node}, ${report.platform}`,
    `  processor      ${processor.name}, ${processor.count} logical, ${processor.usable} usable by this process`,
    `  memory         ${report.memoryMb} MB`,
    `  wasm           ${wasm.threads} thread${wasm.threads === 1 ? '' : 's'}, shared memory ${yesNo(wasm.sharedMemory)}, ` +
      `SIMD ${yesNo(wasm.simd)}, kernels ${Math.round(wasm.moduleBytes / 1024)} KiB`,
    ...webgpuLines(report.webgpu),
    `  --device auto  takes ${auto.kind}: ${auto.reason}`,
    ...ros2Lines(report.ros2),
    'Checks',
    ...report.checks.flatMap(checkLines),
    report.healthy ? 'All well.' : 'Something is wrong: the results of this installation cannot be trusted.',
  ];
  return `${lines.join('\n')}\n`;
}

function webgpuLines(adapter: DoctorReport['webgpu']): string[] {
  if (!adapter.found) return [`  webgpu         none: ${adapter.reason}`];
  const limits = Object.entries(adapter.limits).map(([name, value]) => `    ${name} ${value}`);
  return [
    `  webgpu         ${adapter.name}, ${adapter.software ? 'software' : 'hardware'}`,
    ...limits,
    `    features ${adapter.features.join(', ')}`,
  ];
}

function checkLines({ kind, threads, openMs, checks, fault }: DeviceCheck): string[] {
  if (fault !== undefined) return [`  FAIL  ${kind}: ${fault}`];
  const where = kind === 'wasm' ? `wasm, ${threads} thread${threads === 1 ? '' : 's'}` : kind;
  return [
    `  ${where}, opened in ${openMs} ms`,
    ...checks.map((c) => `    ${c.pass ? 'pass' : 'FAIL'}  ${c.name}: ${c.detail} (${c.timeMs} ms)`),
  ];
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
