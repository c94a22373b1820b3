import { IsocenterError } from '../../../../engine/core/errors.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { decodePixels } from '../../../../engine/formats/dicom/codecs.ts';
import { readCtSeries } from '../../../../engine/formats/dicom/ct/read.ts';
import { ctSeriesAmong } from '../../../../engine/formats/dicom/ct/series.ts';
import { Dataset } from '../../../../engine/formats/dicom/dataset.ts';
import { readRtDose } from '../../../../engine/formats/dicom/dose/read.ts';
import { readRtPlan } from '../../../../engine/formats/dicom/plan/read.ts';
import { type DicomFile, readDicom } from '../../../../engine/formats/dicom/read.ts';
import { readSpatialRegistration } from '../../../../engine/formats/dicom/registration/read.ts';
import { readRtStructureSet, structureSetOn } from '../../../../engine/formats/dicom/structures/read.ts';
import { derivedUid, SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';

const grid = { size: [20, 20, 5] as const, spacingMm: [5, 5, 5] as const, originMm: [-50, -50, -10] as const };

/** Everything that is made of a file, by what it says it is. A CT image has a sound neighbour: a single one is no series. */
async function use(file: DicomFile, neighbour: DicomFile): Promise<void> {
  switch (file.sopClassUid) {
    case SOP_CLASS.ctImage:
      await decodePixels(file);
      for (const series of ctSeriesAmong([file, neighbour])) await readCtSeries(series);
      return;
    case SOP_CLASS.rtStructureSet:
      structureSetOn(readRtStructureSet(file), grid);
      return;
    case SOP_CLASS.rtDose:
      await readRtDose(file);
      return;
    case SOP_CLASS.rtPlan:
      readRtPlan(file);
      return;
    case SOP_CLASS.spatialRegistration:
      readSpatialRegistration(file);
  }
}

/** The image one slice further on, as sound as it was. */
function neighbourOf(seed: Uint8Array): DicomFile {
  const file = readDicom('neighbour.dcm', seed);
  if (file.sopClassUid !== SOP_CLASS.ctImage) return file;
  const [x, y, z] = file.dataset.needNumbers('ImagePositionPatient', 3);
  const moved = {
    ...file.dataset.dict,
    '00200032': { vr: 'DS', Value: [x, y, z + file.dataset.needNumber('SliceThickness')] },
  };
  return { ...file, sopInstanceUid: derivedUid('neighbour'), dataset: new Dataset(file.name, moved) };
}

export interface FuzzResult {
  readonly read: number;
  readonly refused: number;
  /** Processor time of one file: a hang takes it too, and a busy machine adds little to it. */
  readonly slowestMs: number;
  /** Of memory, of the whole process. */
  readonly mostBytes: number;
  /** What was no error of ours, or one that does not name the file. */
  readonly faults: readonly string[];
}

/** Reads `count` files that are damaged in ways that files are: bytes flipped, cut out, doubled, lengths made huge. */
export async function fuzz(seed: Uint8Array, count: number, randomSeed: number): Promise<FuzzResult> {
  const random = seededRandom(randomSeed);
  const faults: string[] = [];
  let read = 0;
  let refused = 0;
  let slowestMs = 0;
  let mostBytes = 0;
  const neighbour = neighbourOf(seed);
  for (let n = 0; n < count; n++) {
    const bytes = mutated(seed, random);
    const begin = process.cpuUsage();
    try {
      await use(readDicom('fuzzed.dcm', bytes), neighbour);
      read++;
    } catch (error) {
      refused++;
      // A series is named by its UID.
      const isOurs =
        error instanceof IsocenterError && error.origin === 'input' && /fuzzed\.dcm|CT series/.test(error.message);
      if (!isOurs && faults.length < 5) {
        faults.push(`mutation ${n} of seed ${randomSeed}: ${(error as Error).stack?.slice(0, 600)}`);
      }
    }
    const { user, system } = process.cpuUsage(begin);
    slowestMs = Math.max(slowestMs, (user + system) / 1000);
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  }
  return { read, refused, slowestMs, mostBytes, faults };
}

export function mutated(seed: Uint8Array, random: () => number): Uint8Array {
  let bytes = Uint8Array.from(seed);
  const at = (): number => Math.floor(random() * bytes.length);
  // Most of a file is pixels; half of the damage is done to what comes before them.
  const early = (): number => (random() < 0.5 ? at() : Math.floor(random() * Math.min(bytes.length, 2000)));
  for (let times = 1 + Math.floor(3 * random()); times > 0 && bytes.length > 0; times--) {
    const kind = random();
    const where = early();
    if (kind < 0.4) bytes[where] = Math.floor(256 * random());
    else if (kind < 0.5) bytes[where] ^= 1 << Math.floor(8 * random());
    else if (kind < 0.65) for (let k = 0; k < 4; k++) bytes[where + k] = random() < 0.7 ? 255 : 0x7f;
    else if (kind < 0.75) bytes = bytes.slice(0, where);
    else if (kind < 0.85) {
      const length = Math.floor(40 * random());
      bytes = Uint8Array.from([...bytes.subarray(0, where), ...bytes.subarray(where + length)]);
    } else if (kind < 0.95) {
      const end = where + Math.floor(60 * random());
      bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(where, end), ...bytes.subarray(end)]);
    } else for (let k = 0; k < 8; k++) bytes[where + k] = 0;
  }
  return bytes;
}
