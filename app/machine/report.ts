import type { DevicePreference } from '../../engine/compute/open.ts';
import { toJson } from '../../engine/core/json.ts';
import { openDevice } from '../../kernels/device.ts';
import { machineReport } from '../../planners/radiation/machine/report.ts';
import { loadMachine } from '../inputs/machine.ts';
import { provenance } from '../provenance.ts';
import type { Session } from '../session.ts';
import { machineReportText } from './report-text.ts';

export interface MachineReportSettings {
  /** Built-in name or file. */
  readonly machine: string;
  readonly device: DevicePreference;
  readonly json: boolean;
}

/** Computes a machine's report and returns what to print. */
export async function runMachineReport(
  { machine, device: prefer, json }: MachineReportSettings,
  { signal, progress }: Session,
): Promise<string> {
  const { model, input } = await loadMachine(machine);
  progress.show('computing', true);
  const opened = await openDevice({ prefer });
  try {
    const report = await machineReport(opened, model);
    signal.throwIfAborted();
    const device = { kind: opened.kind, name: opened.name, threads: opened.threads };
    const origin = provenance({ settings: { machine, device: prefer }, device, inputs: [input] });
    return json ? toJson({ ...report, provenance: origin }) : machineReportText(report);
  } finally {
    progress.clear();
    await opened.close();
  }
}
