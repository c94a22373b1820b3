import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { InterfaceRegistry } from '../../engine/ros2/messages/types.ts';
import { fileReason } from '../inputs/files.ts';

const KINDS = ['msg', 'srv', 'action'] as const;
/** Definitions that a folder may hold; a whole ROS installation has some 1000. */
const MOST_FILES = 20_000;

interface Found {
  readonly name: string;
  readonly file: string;
}

/**
 * Adds a user's definitions to the registry: a file, or a folder with all below it. The package is the folder around
 * `msg/`, `srv/` or `action/`, or the folder of the file where there is no such.
 *
 * @throws IsocenterError `ros2/interfaces` for what cannot be read or holds no definition, `ros2/definition` for a bad one
 */
export async function readDefinitions(registry: InterfaceRegistry, path: string): Promise<void> {
  const found = (await isFolder(path)) ? await walk(path) : [named(path)].filter((each) => each !== undefined);
  if (found.length === 0) {
    const hint =
      'give a .msg, .srv or .action file, or a folder with such files in PACKAGE/msg, PACKAGE/srv or PACKAGE/action';
    throw inputError('ros2/interfaces', `--interfaces: ${path} holds no definitions`, hint);
  }
  const texts: { name: string; text: string; file: string }[] = [];
  for (const { name, file } of found) texts.push({ name, text: await read(file), file });
  registry.addAll(texts);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function walk(folder: string): Promise<Found[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
  const found = entries
    .filter((entry) => entry.isFile())
    .map((entry) => named(join(entry.parentPath, entry.name)))
    .filter((each) => each !== undefined);
  if (found.length > MOST_FILES) {
    const message = `--interfaces: ${folder} holds ${found.length} definitions, ${MOST_FILES} are the limit`;
    throw inputError('ros2/interfaces', message, 'give the folders of the packages that you need');
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** `…/my_msgs/msg/Thing.msg` is `my_msgs/msg/Thing`. */
function named(file: string): Found | undefined {
  const kind = KINDS.find((each) => extname(file) === `.${each}`);
  if (kind === undefined) return undefined;
  const folder = dirname(resolve(file));
  const inKind = KINDS.some((each) => each === basename(folder));
  const pkg = basename(inKind ? dirname(folder) : folder);
  return { name: `${pkg}/${kind}/${basename(file, extname(file))}`, file };
}

function unreadable(path: string, error: unknown): Error {
  const hint = 'give a folder or file that exists';
  return inputError('ros2/interfaces', `--interfaces: ${path} cannot be read: ${fileReason(error)}`, hint);
}
