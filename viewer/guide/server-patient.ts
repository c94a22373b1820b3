import type { Grid } from '../../engine/core/grid.ts';
import type { Patient, Structure } from '../../engine/core/patient.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import { faultOf } from '../engine/fault.ts';
import { viewOf } from '../engine/patient-view.ts';
import { ownProtocol } from '../files/protocol.ts';
import { openSource } from '../state/opening.ts';
import { fault, showPatient } from '../state/workspace.ts';

interface PatientAnswer {
  readonly id: string;
  /** What it was read from, as `openkbp` or `dicom`. */
  readonly source: string;
  readonly grid: Grid;
  readonly structureGrid: Grid;
  readonly warnings: readonly string[];
}

const PHANTOM = 'phantom:';

/** Opens a patient of the server's in the page; phantoms are made here. */
export async function openServerPatient(peer: LinkPeer, name: string): Promise<void> {
  if (name.startsWith(PHANTOM)) {
    openSource({ kind: 'phantom', name: name.slice(PHANTOM.length), voxelMm: 3 });
    return;
  }
  const began = performance.now();
  try {
    let hu = new Float32Array(0);
    let doseVoxels = new Uint32Array(0);
    const structures: Structure[] = [];
    const answer = (await peer.request(
      'patient',
      { patient: name },
      {
        onArray: (kind, array, about) => {
          if (kind === 'ct') hu = array as Float32Array<ArrayBuffer>;
          else if (kind === 'doseVoxels') doseVoxels = array as Uint32Array<ArrayBuffer>;
          else if (kind === 'structure') {
            structures.push({ name: (about as { structure: string }).structure, voxels: array as Uint32Array });
          }
        },
      },
    )) as PatientAnswer;
    const patient: Patient = {
      id: answer.id,
      ct: { grid: answer.grid, data: hu, unit: 'HU' },
      structureSet: { grid: answer.structureGrid, structures },
      doseVoxels,
      warnings: answer.warnings,
      source: { kind: answer.source, path: name },
    };
    const { patient: named, protocol, matches, notes, input } = ownProtocol(patient);
    const origin = { inputs: [], protocolInput: input, matches, readMs: performance.now() - began };
    showPatient(viewOf({ patient: named, protocol, notes, referenceDoses: [], origin }));
  } catch (error) {
    fault.value = faultOf(error);
  }
}
