import type { PickedFile } from '../messages.ts';

export interface FoundMesh {
  readonly file: PickedFile;
  /** Whether its folder is the one that the address names, and not only its name. */
  readonly isCertain: boolean;
}

/**
 * The file that a URDF means by the address of a mesh: pages know no packages, so it is the one of that name whose folders
 * agree best with the address, and then with the place of the URDF. One of another folder (visual for collision) is taken only
 * where no other file has the name.
 */
export function fileOfMesh(uri: string, files: readonly PickedFile[], urdf: string): FoundMesh | undefined {
  const wanted = partsOf(uri.replace(/^[a-z]+:\/\//i, ''));
  const home = partsOf(urdf).slice(0, -1);
  let best: { file: PickedFile; score: readonly [number, number] } | undefined;
  let sameName = 0;
  for (const file of files) {
    const has = partsOf(file.path);
    const agreed = shared([...wanted].reverse(), [...has].reverse());
    if (agreed === 0) continue;
    sameName++;
    const score = [agreed, shared(home, has)] as const;
    if (best === undefined || score[0] > best.score[0] || (score[0] === best.score[0] && score[1] > best.score[1])) {
      best = { file, score };
    }
  }
  if (best === undefined) return undefined;
  const isCertain = best.score[0] >= Math.min(2, wanted.length);
  return isCertain || sameName === 1 ? { file: best.file, isCertain } : undefined;
}

/** Ways up say nothing about the names of folders. */
const partsOf = (path: string): readonly string[] =>
  path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');

/** How many of the first parts are the same. */
function shared(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}
