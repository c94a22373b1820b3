import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

/** Whose DDS a peer is made with. */
export const VENDORS = ['cyclonedds', 'fastdds'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Sources stay where they are when the tests are compiled to dist/. */
const HERE = import.meta.dirname.replace(`${sep}dist${sep}tests${sep}`, `${sep}tests${sep}`);
const FOLDERS: Readonly<Record<Vendor, string>> = { cyclonedds: 'cyclone', fastdds: 'fastdds' };
const WARNINGS = ['-Wall', '-Wextra'];

type Step = readonly [command: string, ...args: string[]];

/** A peer's commands, run in an empty folder; the last makes the program `peer`. */
function steps(vendor: Vendor): readonly Step[] {
  const common = sources('common');
  const own = sources(FOLDERS[vendor]);
  if (vendor === 'cyclonedds') {
    return [
      ['idlc', '-l', 'c', join(HERE, 'ros.idl')],
      ['gcc', '-O2', ...WARNINGS, '-I.', '-o', 'peer', ...own, ...common, 'ros.c', '-lddsc'],
    ];
  }
  return [
    ['gcc', '-O2', ...WARNINGS, '-c', ...common],
    // All sources as one: the headers of Fast DDS take longer than they do.
    [
      'g++',
      '-std=c++17',
      '-O1',
      ...WARNINGS,
      '-c',
      '-o',
      'own.o',
      ...own.flatMap((source) => ['-include', source]),
      '-x',
      'c++',
      '/dev/null',
    ],
    ['sh', '-c', 'g++ -o peer *.o -lfastrtps -lfastcdr'],
  ];
}

function sources(folder: string): string[] {
  return readdirSync(join(HERE, folder))
    .filter((name) => /\.(c|cpp)$/.test(name))
    .sort()
    .map((name) => join(HERE, folder, name));
}

const built = new Map<Vendor, string>();

/**
 * The path of a vendor's peer; compiles it unless the same sources were compiled on this machine before.
 *
 * @throws Error with what is missing on this machine, or with what the compiler says
 */
export function peerProgram(vendor: Vendor): string {
  const known = built.get(vendor);
  if (known !== undefined) return known;
  const commands = steps(vendor);
  const folder = join(tmpdir(), `isocenter-peer-${vendor}-${digest(vendor, commands)}`);
  const program = join(folder, 'peer');
  if (!existsSync(program)) {
    const scratch = mkdtempSync(join(tmpdir(), 'isocenter-peer-'));
    for (const [command, ...args] of commands) run(vendor, command, args, scratch);
    try {
      mkdirSync(folder, { recursive: true });
      // Another test may have been as fast: then both are the same.
      renameSync(join(scratch, 'peer'), program);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  built.set(vendor, program);
  return program;
}

function run(vendor: Vendor, command: string, args: readonly string[], folder: string): void {
  try {
    execFileSync(command, args, { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const { code, stderr = '' } = error as NodeJS.ErrnoException & { stderr?: string };
    const why =
      code === 'ENOENT' ? `there is no ${command} on this machine` : `${command} says:\n${stderr.slice(0, 4000)}`;
    throw new Error(
      `The ${vendor} peer cannot be compiled: ${why}\nRun tests/setup/system-packages.sh, which installs what is missing or names it.`,
    );
  }
}

function digest(vendor: Vendor, commands: readonly Step[]): string {
  const hash = createHash('sha256').update(JSON.stringify(commands));
  for (const folder of ['common', FOLDERS[vendor]]) {
    for (const name of readdirSync(join(HERE, folder)).sort()) hash.update(readFileSync(join(HERE, folder, name)));
  }
  return hash
    .update(readFileSync(join(HERE, 'ros.idl')))
    .digest('hex')
    .slice(0, 16);
}
