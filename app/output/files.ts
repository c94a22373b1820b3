import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { fileReason } from '../inputs/files.ts';

/**
 * Files that appear together or not at all. Opening it proves that they can be written, before the work whose result they
 * hold; the contents go into files beside them, and `commit` renames these. A command that ends without `commit` calls
 * `discard`, which leaves the disk as it was.
 */
export class OutputFiles {
  readonly #folder: string;
  readonly #names: string[];
  /** Folders that were made for the output, outermost first. */
  readonly #made: string[];
  readonly #option: string;
  #done = false;

  private constructor(folder: string, made: string[], option: string) {
    this.#folder = folder;
    this.#names = [];
    this.#made = made;
    this.#option = option;
    process.once('exit', this.discard);
  }

  /**
   * @param option the option that names the output, for messages
   * @throws IsocenterError `output/unwritable`
   */
  static open(folder: string, names: readonly string[], option: string): OutputFiles {
    const made: string[] = [];
    try {
      makeFolder(folder, made);
    } catch (cause) {
      removeEmpty(made);
      throw unwritable(folder, cause, option);
    }
    const output = new OutputFiles(folder, made, option);
    output.reserve(names);
    return output;
  }

  /** Proves that more files can be written; a name may lie in folders of its own (`dicom/RD.dcm`). */
  reserve(names: readonly string[]): void {
    this.#attempt(() => {
      for (const name of names) {
        makeFolder(dirname(join(this.#folder, name)), this.#made);
        this.#tryWriting(name);
        this.#names.push(name);
      }
    });
  }

  /** Writes beside the file; nothing shows under its own name until {@link commit}. */
  write(name: string, content: Uint8Array | string): void {
    this.#attempt(() => writeFileSync(this.#partial(name), content));
  }

  /** Gives the files their names. */
  commit(): void {
    const named: string[] = [];
    this.#attempt(() => {
      try {
        for (const name of this.#names) {
          renameSync(this.#partial(name), join(this.#folder, name));
          named.push(name);
        }
      } catch (error) {
        for (const name of named) rmSync(join(this.#folder, name), { force: true });
        throw error;
      }
    });
    this.#finish();
  }

  /** Also called when the process exits in the middle. */
  readonly discard = (): void => {
    if (this.#done) return;
    for (const name of this.#names) rmSync(this.#partial(name), { force: true });
    removeEmpty(this.#made);
    this.#finish();
  };

  #finish(): void {
    this.#done = true;
    process.off('exit', this.discard);
  }

  #tryWriting(name: string): void {
    const path = join(this.#folder, name);
    if (existsSync(path) && statSync(path).isDirectory()) throw failure('EISDIR', path);
    writeFileSync(this.#partial(name), '');
    rmSync(this.#partial(name));
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.discard();
      throw unwritable(this.#folder, cause, this.#option);
    }
  }

  #partial(name: string): string {
    const path = join(this.#folder, name);
    return join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  }
}

/** Makes the folder and those above it that are missing; adds them to `made`, outermost first. */
function makeFolder(folder: string, made: string[]): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  if (missing.length === 0 && !statSync(folder).isDirectory()) throw failure('EEXIST', folder);
  // One by one: mkdir with `recursive` never returns where the system refuses with ENOENT, as /proc does (Node 20).
  for (const path of missing) {
    mkdirSync(path);
    made.push(path);
  }
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(code), { code, path });
}

function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

function unwritable(folder: string, cause: unknown, option: string): Error {
  const path = (cause as { path?: string }).path ?? folder;
  return inputError(
    'output/unwritable',
    `${path} cannot be written: ${fileReason(cause)}`,
    `give --${option} a place where you may write`,
  );
}
