import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { openDevice } from '../kernels/device.ts';
import { dicomDvhTables, dicomRoundTrips } from './validation/dicom.ts';
import { damagedFilesTable, largeStudyTable } from './validation/dicom-files.ts';
import { dicomPlanTable } from './validation/dicom-plan.ts';
import { entryTables } from './validation/entry.ts';
import { gammaTables } from './validation/gamma.ts';
import { guidanceLoopTables } from './validation/guidance-loop.ts';
import { independentOptima } from './validation/independent-optimum.ts';
import { kinematicsTables } from './validation/kinematics.ts';
import { linkTables } from './validation/link.ts';
import { machineTables } from './validation/machines.ts';
import { motionTables } from './validation/motion.ts';
import { movingTrocarTables } from './validation/moving-trocar.ts';
import { patientTables } from './validation/patients.ts';
import { rcmTables } from './validation/rcm.ts';
import { rcmTrajectoryTables } from './validation/rcm-trajectory.ts';
import { ros2Sections } from './validation/ros2.ts';
import { servoTables } from './validation/servo.ts';
import { commandTable } from './validation/speed.ts';
import { timingTables } from './validation/timing.ts';
import { trajectoryTables } from './validation/trajectory.ts';
import { breathTables, tremorTables } from './validation/tremor.ts';
import { viewerDragTables } from './validation/viewer-drag.ts';
import { viewerPageTables } from './validation/viewer-page.ts';
import { viewerSharedTables } from './validation/viewer-shared.ts';

/**
 * `npm run validate`: the slow, wide sweeps. Writes docs/validation.md: both machines against their own tables, the goals of
 * every patient against the reference doses, the optimum that the default stop reaches, times of whole commands; and for
 * robots: motions of a public set of problems and their timing, and ways in for a needle against an exhaustive search. Tremor and
 * breathing go to docs/guidance.md, streams of messages with other vendors' DDS to docs/ros2.md,
 * DICOM files before other tools to docs/dicom-measured.md, the page in a browser to docs/viewer-measured.md.
 */
async function main(): Promise<void> {
  const folder = process.env.ISOCENTER_DATA;
  if (folder === undefined || folder === '') {
    console.error('error: ISOCENTER_DATA is not set\nhint: set it to the folder that holds openkbp/ and beam-6mv/');
    process.exit(2);
  }
  const data = resolve(folder);
  const root = join(import.meta.dirname, '..', '..');
  const only = process.argv.slice(2);
  const wanted = (name: string): boolean =>
    only.length === 0 || only.includes(name) || only.some((group) => GROUPS.has(group) && name.startsWith(`${group}-`));
  const sections: [string, () => Promise<string>, PageName?][] = [
    ['machines', async () => withDevice((device) => machineTables(device, data))],
    ['patients', async () => withDevice((device) => patientTables(device, data))],
    ['optimum', async () => withDevice((device) => independentOptima(device, data))],
    ['dicom-gamma', async () => withDevice(gammaTables)],
    ['speed', async () => commandTable(data, root)],
    ['motion', async () => motionTables(data)],
    ['timing', timingTables],
    ['entry', async () => withDevice((device) => entryTables(device, data))],
    ['trajectory', async () => withDevice((device) => trajectoryTables(device, data, stride()))],
    ['kinematics', async () => withDevice(kinematicsTables)],
    ['rcm', rcmTables],
    ['moving-trocar', async () => movingTrocarTables(data)],
    ['rcm-trajectory', async () => withDevice(rcmTrajectoryTables)],
    ['tremor', async () => tremorTables(data, root), 'guidance'],
    ['breathing', async () => breathTables(data), 'guidance'],
    ...ros2Sections.map(([name, run]): [string, () => Promise<string>, PageName] => [name, run, 'ros2']),
    ['dicom-dvh', async () => dicomDvhTables(data, root), 'dicom-measured'],
    ['dicom-round-trip', async () => dicomRoundTrips(data), 'dicom-measured'],
    ['dicom-fuzz', damagedFilesTable, 'dicom-measured'],
    ['dicom-speed', async () => largeStudyTable(root), 'dicom-measured'],
    ['link', linkTables],
    ['dicom-plan', async () => dicomPlanTable(data, root), 'dicom-measured'],
    ['servo', servoTables, 'guidance'],
    ['viewer-page', async () => viewerPageTables(data, root), 'viewer-measured'],
    ['guidance-loop', guidanceLoopTables, 'guidance'],
    ['viewer-drag', async () => viewerDragTables(data), 'viewer-measured'],
    ['viewer-shared', viewerSharedTables, 'viewer-measured'],
  ];
  mkdirSync(join(root, 'docs'), { recursive: true });
  for (const [name, run, of = 'validation'] of sections) {
    if (!wanted(name)) continue;
    console.log(`== ${name}`);
    const text = (await run()).trim();
    console.log(text);
    const file = join(root, 'docs', `${of}.md`);
    const texts = readSections(file).set(name, text);
    const names = sections.filter(([, , other = 'validation']) => other === of).map(([section]) => section);
    writeFileSync(
      file,
      page(
        of,
        names.map((section) => [section, texts.get(section) ?? 'Not measured yet.']),
      ),
    );
  }
}

/** Names that stand for all sections that begin with them. */
const GROUPS = new Set(['ros2', 'dicom', 'viewer']);

/** The pages of docs/ that hold sections: title and first words. */
const pages = {
  validation: [
    '# Validation',
    'Made by `npm run validate` (one section alone: `npm run validate -- patients`); do not edit by hand.',
  ],
  guidance: [
    '# Guidance, measured',
    'Made by `npm run validate -- tremor breathing servo guidance-loop`; do not edit by hand. How it works: [tremor.md](tremor.md), [servo.md](servo.md).',
  ],
  ros2: [
    '# ROS 2: what is measured',
    'Made by `npm run validate -- ros2` (one section alone: `npm run validate -- ros2-loss`); do not edit by hand. How to use it: [guide-ros2.md](guide-ros2.md).',
  ],
  'dicom-measured': [
    '# DICOM, measured',
    'Made by `npm run validate -- dicom` (one section alone: `npm run validate -- dicom-dvh`); do not edit by hand. What is read and written, and by which conventions: [dicom.md](dicom.md).',
  ],
  'viewer-measured': [
    '# The page, measured',
    'Made by `npm run validate -- viewer`; do not edit by hand. How it works: [viewer.md](viewer.md).',
  ],
} as const;

type PageName = keyof typeof pages;

/** Every how many-th problem of the long sets is taken: ISOCENTER_EVERY, by default all. */
function stride(): number {
  return Math.max(1, Math.floor(Number(process.env.ISOCENTER_EVERY ?? 1)) || 1);
}

async function withDevice(run: (device: Awaited<ReturnType<typeof openDevice>>) => Promise<string>): Promise<string> {
  const device = await openDevice();
  try {
    return await run(device);
  } finally {
    await device.close();
  }
}

const mark = (name: string): string => `<!-- section ${name} -->`;

function readSections(file: string): Map<string, string> {
  const sections = new Map<string, string>();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return sections;
  }
  for (const part of text.split('<!-- section ').slice(1)) {
    const end = part.indexOf(' -->');
    sections.set(part.slice(0, end), part.slice(end + 4).trim());
  }
  return sections;
}

function page(name: PageName, sections: readonly (readonly [string, string])[]): string {
  const [title, words] = pages[name];
  const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`;
  const head = [title, '', `${words} Machine:`, `${machine}. Research use, not clinical use.`];
  return `${head.join('\n')}\n\n${sections.map(([section, text]) => `${mark(section)}\n\n${text}`).join('\n\n')}\n`;
}

await main();
process.exit(0);
