import type { Patient } from '../../../engine/core/patient.ts';

/** A target and the total dose prescribed to it [Gy]. */
export interface TargetPrescription {
  readonly structure: string;
  readonly prescriptionGy: number;
}

/** The pseudo-structure of all dose voxels that lie in no target. */
export const bodyName = 'Body';

/** Voxels of the named structure, or undefined where the patient has none of that name. */
export function structureVoxels(patient: Patient, name: string): Uint32Array | undefined {
  return patient.structureSet.structures.find((structure) => structure.name === name)?.voxels;
}

/** Voxels of all targets that the patient has, ascending. */
export function targetVoxels(patient: Patient, targets: readonly TargetPrescription[]): Uint32Array {
  return targets
    .map(({ structure }) => structureVoxels(patient, structure) ?? new Uint32Array(0))
    .reduce(mergeVoxels, new Uint32Array(0));
}

/** Voxels of {@link bodyName}. */
export function bodyVoxels(patient: Patient, targets: readonly TargetPrescription[]): Uint32Array {
  return subtractVoxels(patient.doseVoxels, targetVoxels(patient, targets));
}

/** Targets prescribed a higher dose than the named one; none where it is not a target. */
export function higherTargets(targets: readonly TargetPrescription[], name: string): readonly TargetPrescription[] {
  const own = targets.find(({ structure }) => structure === name);
  return own === undefined ? [] : targets.filter(({ prescriptionGy }) => prescriptionGy > own.prescriptionGy);
}

/** Union of two ascending lists of voxels. */
export function mergeVoxels(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(a.length + b.length);
  let n = 0;
  let p = 0;
  let q = 0;
  while (p < a.length && q < b.length) {
    const next = Math.min(a[p], b[q]);
    if (a[p] === next) p++;
    if (b[q] === next) q++;
    out[n++] = next;
  }
  while (p < a.length) out[n++] = a[p++];
  while (q < b.length) out[n++] = b[q++];
  return out.slice(0, n);
}

/** Voxels of `a` that are not in `b`; both ascending. */
export function subtractVoxels(a: Uint32Array, b: Uint32Array): Uint32Array {
  let q = 0;
  return a.filter((voxel) => {
    while (q < b.length && b[q] < voxel) q++;
    return q >= b.length || b[q] !== voxel;
  });
}

/** Voxels common to both; both ascending. */
export function commonVoxels(a: Uint32Array, b: Uint32Array): Uint32Array {
  let q = 0;
  return a.filter((voxel) => {
    while (q < b.length && b[q] < voxel) q++;
    return q < b.length && b[q] === voxel;
  });
}
