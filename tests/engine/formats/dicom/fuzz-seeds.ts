import { writeDicom } from '../../../../engine/formats/dicom/write.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';
import { planRecord, registrationRecord } from './plan-fixture.ts';
import { exported } from './rt-fixture.ts';
import { convertedBy } from './tools.ts';

/** A small file of every kind and coding. */
export function fuzzSeeds(folder: string): Readonly<Record<string, Uint8Array>> {
  const { ct, structures, dose } = exported(buildPhantom('tg119-cshape', { voxelMm: 18 }));
  const image = ct[4].bytes;
  return {
    ct: image,
    'ct, implicit': convertedBy(folder, image, 'dcmconv', '+ti'),
    'ct, big endian': convertedBy(folder, image, 'dcmconv', '+tb'),
    'ct, deflated': convertedBy(folder, image, 'dcmconv', '+td'),
    'ct, undefined lengths': convertedBy(folder, image, 'dcmconv', '-e'),
    'ct, RLE': convertedBy(folder, image, 'dcmcrle'),
    'ct, JPEG lossless': convertedBy(folder, image, 'dcmcjpeg'),
    'ct, JPEG 2000': convertedBy(folder, image, 'gdcmconv', '--j2k'),
    structures: structures.bytes,
    'structures, undefined lengths': convertedBy(folder, structures.bytes, 'dcmconv', '-e'),
    dose: dose.bytes,
    plan: writeDicom(planRecord()),
    registration: writeDicom(registrationRecord([0, -1, 0, 10, 1, 0, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1])),
  };
}
