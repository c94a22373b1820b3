import { readDicomPatient } from '../../app/dicom/patient.ts';
import { openSession } from '../../app/session.ts';

/** Reads the folder of the first argument as every command does, in a process of its own, and says what it took. */
const begin = performance.now();
const { patient, folder, structures } = await readDicomPatient(process.argv[2], {}, openSession());
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    seconds,
    processorSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    files: folder.files.length,
    structures: patient.structureSet.structures.length,
    points: structures?.rois
      .flatMap(({ contours }) => contours)
      .reduce((sum, { points }) => sum + points.length / 2, 0),
  }),
);
process.exit(0);
