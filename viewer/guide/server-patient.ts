import { inputError } from '../../engine/core/errors.ts';
import { isPatientPosition, type PatientPosition } from '../../engine/core/frames.ts';
import { voxelCount } from '../../engine/core/grid.ts';
import type { ReferenceDose, Structure } from '../../engine/core/patient.ts';
import { z } from '../../engine/core/schema.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import type { FilesProgress, ReceivedPatient } from '../files/messages.ts';
import { openReceived, openSource } from '../state/opening.ts';

const size = z.int().min(1).max(4096);
const spacing = z.number().gt(0).max(1000);
const place = z.number().min(-1e6).max(1e6);
const gridSchema = z.object({
  size: z.tuple([size, size, size]),
  spacingMm: z.tuple([spacing, spacing, spacing]),
  originMm: z.tuple([place, place, place]),
});
const text = z.string().max(10_000);
const answerSchema = z.object({
  id: text,
  /** What it was read from, as `openkbp` or `dicom`. */
  source: z.object({ kind: text, sha256: text.exactOptional() }),
  position: z.custom<PatientPosition>((value) => typeof value === 'string' && isPatientPosition(value)).exactOptional(),
  grid: gridSchema,
  structureGrid: gridSchema,
  inputs: z.array(z.object({ role: text, name: text, sha256: text.nullable() })),
  warnings: z.array(text),
});
const aboutStructure = z.object({ structure: text });
const aboutDose = z.object({ name: text });
const aboutProgress = z.object({ text });

const PHANTOM = 'phantom:';
const RELOAD = 'load the page again: it may be of another version than the server';

/** Opens a patient of the server's in the page, with the doses that lie beside it; phantoms are made here. */
export function openServerPatient(peer: LinkPeer, name: string): void {
  if (name.startsWith(PHANTOM)) openSource({ kind: 'phantom', name: name.slice(PHANTOM.length), voxelMm: 3 });
  else openReceived((tell, signal) => receive(peer, name, tell, signal));
}

/** @throws IsocenterError `link/...` */
async function receive(
  peer: LinkPeer,
  name: string,
  tell: (progress: FilesProgress) => void,
  signal: AbortSignal,
): Promise<ReceivedPatient> {
  let hu = new Float32Array(0);
  let doseVoxels = new Uint32Array(0);
  const structures: Structure[] = [];
  const referenceDoses: ReferenceDose[] = [];
  const said = await peer.request(
    'patient',
    { patient: name },
    {
      signal,
      onProgress: (value) => {
        const { data } = aboutProgress.safeParse(value);
        tell({ doing: `The server: ${data?.text ?? 'at work'}`, done: 0, total: undefined });
      },
      onArray: (kind, array, about) => {
        tell({ doing: `Receiving ${name}`, done: structures.length, total: undefined });
        if (kind === 'ct' && array instanceof Float32Array) hu = array as Float32Array<ArrayBuffer>;
        else if (kind === 'doseVoxels' && array instanceof Uint32Array) doseVoxels = array as Uint32Array<ArrayBuffer>;
        else if (kind === 'structure' && array instanceof Uint32Array) {
          const { data } = aboutStructure.safeParse(about);
          if (data !== undefined) structures.push({ name: data.structure, voxels: array });
        } else if (kind === 'reference' && array instanceof Float32Array) {
          const { data } = aboutDose.safeParse(about);
          if (data !== undefined) referenceDoses.push({ name: data.name, gy: array });
        }
      },
    },
  );
  const answer = answerSchema.safeParse(said);
  if (!answer.success) {
    const [{ path, message }] = answer.error.issues;
    throw inputError('link/patient', `what the server says of ${name}: ${path.join('.')}: ${message}`, RELOAD);
  }
  const { id, source, position, grid, structureGrid, inputs, warnings } = answer.data;
  const count = voxelCount(grid);
  const isWhole = hu.length === count && referenceDoses.every(({ gy }) => gy.length === count);
  const last = Math.max(...[doseVoxels, ...structures.map(({ voxels }) => voxels)].map((list) => list.at(-1) ?? 0));
  if (!isWhole || last >= voxelCount(structureGrid)) {
    throw inputError('link/patient', `the arrays of ${name} do not fit its grid of ${count} voxels`, RELOAD);
  }
  return {
    patient: {
      id,
      ct: { grid, data: hu, unit: 'HU' },
      structureSet: { grid: structureGrid, structures },
      doseVoxels,
      ...(position === undefined ? {} : { position }),
      warnings,
      source: { ...source, path: name },
    },
    referenceDoses,
    inputs,
  };
}
