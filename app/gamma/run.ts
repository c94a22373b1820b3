import type { DevicePreference } from '../../engine/compute/open.ts';
import { inputError } from '../../engine/core/errors.ts';
import { type Vec3, type Volume, voxelCentreMm } from '../../engine/core/grid.ts';
import type { Provenance } from '../../engine/core/provenance.ts';
import { openDevice } from '../../kernels/device.ts';
import { type GammaCriteria, type GammaResult, gammaIndex } from '../../planners/radiation/evaluation/gamma.ts';
import { loadVolume } from '../inputs/volume.ts';
import { openVolumeOutput } from '../output/volume.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';

export interface GammaSettings extends GammaCriteria {
  readonly reference: string;
  readonly evaluated: string;
  readonly device: DevicePreference;
  /** File for the map of gamma. */
  readonly out?: string | undefined;
}

/** The object of `isocenter gamma --json`. */
export interface GammaReport extends Omit<GammaResult, 'gamma'> {
  readonly reference: string;
  readonly evaluated: string;
  /** Where gamma is largest [mm, LPS]. */
  readonly maxAtMm: Vec3;
  readonly timeMs: { readonly read: number; readonly gamma: number };
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
}

export async function runGamma(settings: GammaSettings, session: Session): Promise<GammaReport> {
  const { reference, evaluated, device: prefer, out, ...criteria } = settings;
  const output = out === undefined ? undefined : openVolumeOutput(out, 'out');
  try {
    const began = performance.now();
    const loaded = [
      await loadVolume(reference, 'reference', session),
      await loadVolume(evaluated, 'evaluated', session),
    ];
    const [ref, evl] = loaded.map(({ volume, record }) => inGray(volume, record.name));
    await checkpoint(session.signal);
    const device = await openDevice({ prefer });
    try {
      const started = performance.now();
      const { gamma, ...result } = await gammaIndex(device, ref, evl, criteria);
      const ended = performance.now();
      await checkpoint(session.signal);
      output?.save({ grid: ref.grid, data: gamma, unit: '1' });
      return {
        reference,
        evaluated,
        ...result,
        maxAtMm: placeOfMax(ref, gamma),
        timeMs: { read: started - began, gamma: ended - started },
        warnings: loaded.flatMap(({ warnings }) => warnings),
        provenance: provenance({
          settings: { reference, evaluated, ...result.criteria, out: out ?? null },
          device: { kind: device.kind, name: device.name, threads: device.threads },
          inputs: loaded.map(({ record }) => record),
        }),
      };
    } finally {
      await device.close();
    }
  } finally {
    output?.discard();
  }
}

/** Files of most forms name no unit; those that do must name gray. */
function inGray(volume: Volume, name: string): Volume {
  if (volume.unit === '' || volume.unit.toLowerCase() === 'gy') return volume;
  throw inputError(
    'gamma/not-a-dose',
    `${name} holds values in ${volume.unit}, not a dose in Gy`,
    'give two doses in Gy',
  );
}

function placeOfMax({ grid }: Volume, gamma: Float32Array): Vec3 {
  let at = 0;
  for (let n = 0; n < gamma.length; n++) if (gamma[n] > gamma[at]) at = n;
  const centre: [number, number, number] = [0, 0, 0];
  voxelCentreMm(grid, at, centre);
  return centre;
}
