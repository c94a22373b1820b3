import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { isInterfacePath, loadInterfaces } from '../../engine/ros2/messages/load.ts';
import type { InterfaceRegistry } from '../../engine/ros2/messages/types.ts';
import { fileReason } from '../inputs/files.ts';

/** Definitions that a folder may hold; a whole ROS installation has some 1000. */
const MOST_FILES = 20_000;

/**
 * Adds a user's definitions to the registry: a file in PACKAGE/msg, srv or action, or a folder with such files anywhere below.
 *
 * @throws IsocenterError `ros2/interfaces` for what cannot be read or holds no definition, `ros2/definition` for a bad one
 */
export async function readDefinitions(registry: InterfaceRegistry, path: string): Promise<void> {
  const files = await interfaceFiles(path).catch((error: unknown) => {
    const hint = 'give a folder or file that exists';
    throw inputError('ros2/interfaces', `--interfaces: ${path} cannot be read: ${fileReason(error)}`, hint);
  });
  if (files.length === 0 || files.length > MOST_FILES) {
    throw inputError(
      'ros2/interfaces',
      `--interfaces: ${path} holds ${files.length} definitions, 1 to ${MOST_FILES} are taken`,
      'give a folder with .msg, .srv or .action files in PACKAGE/msg, PACKAGE/srv or PACKAGE/action',
    );
  }
  loadInterfaces(
    registry,
    await Promise.all(files.map(async (file) => ({ path: file, text: await readFile(file, 'utf8') }))),
  );
}

async function interfaceFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [resolve(path)].filter(isInterfacePath);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => resolve(join(entry.parentPath, entry.name)))
    .filter(isInterfacePath)
    .sort();
}
