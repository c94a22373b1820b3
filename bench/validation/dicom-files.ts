import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzz } from '../../tests/engine/formats/dicom/fuzz.ts';
import { fuzzSeeds } from '../../tests/engine/formats/dicom/fuzz-seeds.ts';
import { writeLargeStudy } from './large-study.ts';
import { table } from './markdown.ts';

const MUTATIONS = 10_000;
const SEED = 610;
const RUNS = 3;

/** Damaged files of every kind. Fails where one is neither read nor refused by name. */
export async function damagedFilesTable(): Promise<string> {
  return withFolder(async (folder) => {
    const rows: (string | number)[][] = [];
    for (const [kind, seed] of Object.entries(fuzzSeeds(folder))) {
      const { read, refused, slowestMs, mostBytes, faults } = await fuzz(seed, MUTATIONS, SEED);
      if (faults.length > 0) throw new Error(`${kind}: ${faults.join('\n')}`);
      rows.push([
        kind,
        seed.length,
        read,
        refused,
        faults.length,
        slowestMs.toFixed(0),
        (mostBytes / 2 ** 20).toFixed(0),
      ]);
      console.log(rows.at(-1)?.join(' | '));
    }
    return [
      '## Damaged files',
      '',
      `${MUTATIONS} of each kind (seed ${SEED}), each damaged in one to three ways: bytes replaced, bits flipped, lengths made huge, zeros, cut off, cut`,
      'out, doubled. A CT is read with a sound neighbour, pixels and all; other objects to the end of what is made of them. Faults: neither',
      'read nor refused by an error of ours that names the file. Limits: 1 s of processor time for a file (new decoders after a failure are some of it),',
      '1 GB for the process, which reads all kinds.',
      '',
      table(['kind', 'bytes', 'read', 'refused', 'faults', 'slowest [ms]', 'process at most [MB]'], rows),
    ].join('\n');
  });
}

interface StudyRead {
  readonly seconds: number;
  /** Of the whole process, its start included. */
  readonly processorSeconds: number;
  readonly peakMb: number;
  readonly files: number;
  readonly structures: number;
  readonly points: number;
}

/** A large study, read as commands read it. */
export async function largeStudyTable(root: string): Promise<string> {
  return withFolder(async (folder) => {
    writeLargeStudy(folder);
    const runs = Array.from({ length: RUNS }, () => readOnce(folder, root));
    const rows = runs.map((run) => [
      run.files,
      run.structures,
      run.points,
      run.seconds.toFixed(2),
      run.processorSeconds.toFixed(2),
      run.peakMb.toFixed(0),
    ]);
    console.log(rows.map((row) => row.join(' ')).join('\n'));
    return [
      '## A large study',
      '',
      `300 slices of 512 x 512 and 40 structures, read from a folder to CT, masks and provenance (\`plan\` and \`evaluate\` begin so), each of`,
      `${RUNS} times in a process of its own. Limits: 8 s on a quiet machine, 1.5 GB. Load of the machine at the end: ${loadavg()[0].toFixed(1)} on ${cpus().length} cores.`,
      '',
      table(['files', 'structures', 'points of contours', 'seconds', 'processor [s]', 'peak memory [MB]'], rows),
    ].join('\n');
  });
}

function readOnce(folder: string, root: string): StudyRead {
  const run = spawnSync(process.execPath, [join(root, 'dist', 'bench', 'validation', 'read-study.js'), folder], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`reading ended with ${run.status}: ${run.stderr}`);
  return JSON.parse(run.stdout) as StudyRead;
}

async function withFolder(run: (folder: string) => Promise<string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-validate-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
