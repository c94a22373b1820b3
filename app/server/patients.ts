import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { phantomNames } from '../../sim/phantoms/registry.ts';
import { fileReason } from '../inputs/files.ts';

export interface OfferedPatient {
  /** What requests name it by. */
  readonly name: string;
  readonly kind: 'phantom' | 'folder';
}

/** The patients that viewers may open: the phantoms, and the folders of the command line. Paths of the server are not told. */
export class OfferedPatients {
  readonly #folders = new Map<string, string>();

  /**
   * @param folders as on the command line; phantoms among them are offered anyway
   * @throws IsocenterError `patient/unreadable`, `phantom/unknown`
   */
  static async of(folders: readonly string[]): Promise<OfferedPatients> {
    for (const folder of folders) {
      if (folder.startsWith('phantom:')) {
        if (phantomNames.includes(folder.slice('phantom:'.length))) continue;
        throw inputError('phantom/unknown', `there is no ${folder}`, `known phantoms: ${phantomNames.join(', ')}`);
      }
      const reason = await stat(folder).then((s) => (s.isDirectory() ? undefined : 'it is no folder'), fileReason);
      if (reason === undefined) continue;
      throw inputError('patient/unreadable', `patient ${folder}: ${reason}`, 'give a folder, or phantom:NAME');
    }
    return new OfferedPatients(folders);
  }

  private constructor(folders: readonly string[]) {
    for (const folder of folders) {
      if (folder.startsWith('phantom:')) continue;
      const path = resolve(folder);
      const base = basename(path);
      let name = base;
      for (let n = 2; this.#folders.has(name) && this.#folders.get(name) !== path; n++) name = `${base} (${n})`;
      this.#folders.set(name, path);
    }
  }

  get list(): readonly OfferedPatient[] {
    const phantoms = phantomNames.map((name) => ({ name: `phantom:${name}`, kind: 'phantom' as const }));
    return [...[...this.#folders.keys()].map((name) => ({ name, kind: 'folder' as const })), ...phantoms];
  }

  /** The name under which a patient of the command line is offered. */
  nameOf(folder: string): string {
    const path = resolve(folder);
    return [...this.#folders].find(([, each]) => each === path)?.[0] ?? folder;
  }

  /**
   * What the planner loads.
   *
   * @throws IsocenterError `serve/unknown-patient`
   */
  path(name: string): string {
    const folder = this.#folders.get(name);
    if (folder !== undefined) return folder;
    const phantom = name.replace(/^phantom:/, '');
    if (name.startsWith('phantom:') && phantomNames.includes(phantom)) return name;
    const message = `the server offers no patient ${JSON.stringify(name.slice(0, 100))}`;
    throw inputError('serve/unknown-patient', message, 'give its folder to isocenter serve; the list is in `patients`');
  }
}
