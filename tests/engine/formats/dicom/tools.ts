import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that is gone after the tests of the file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-dicom-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeAll(
  folder: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): string {
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** Errors that dciodvfy (dicom3tools) finds in a file. */
export function verifierErrors(path: string): string[] {
  const { stdout, stderr, error } = spawnSync('dciodvfy', ['-new', path], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return `${stdout}\n${stderr}`.split('\n').filter((line) => /^Error/.test(line));
}

/** Runs a tool that must succeed; its output. */
export function tool(name: string, ...args: readonly string[]): string {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A Python program with the system's own packages (pydicom, dicompyler-core). */
export function python(program: string, ...args: readonly string[]): string {
  return execFileSync('/usr/bin/python3', ['-c', program, ...args], { encoding: 'utf8' });
}

/** What a tool that converts one file makes of it. */
export function convertedBy(folder: string, bytes: Uint8Array, name: string, ...args: readonly string[]): Uint8Array {
  const from = join(folder, 'from.dcm');
  const to = join(folder, 'to.dcm');
  writeFileSync(from, bytes);
  execFileSync(name, [...args, from, to], { stdio: ['ignore', 'pipe', 'pipe'] });
  return readFileSync(to);
}
