import type { PickedFile } from '../messages.ts';

/**
 * The file that a URDF means by the address of a mesh: pages know no packages, so it is the one of that name whose folders
 * agree best with the address, and then with the place of the URDF.
 */
export function fileOfMesh(uri: string, files: readonly PickedFile[], urdf: string): PickedFile | undefined {
  const wanted = partsOf(uri.replace(/^[a-z]+:\/\//i, ''));
  const home = partsOf(urdf).slice(0, -1);
  let best: { file: PickedFile; score: readonly [number, number] } | undefined;
  for (const file of files) {
    const has = partsOf(file.path);
    const agreed = shared([...wanted].reverse(), [...has].reverse());
    if (agreed === 0) continue;
    const score = [agreed, shared(home, has)] as const;
    if (best === undefined || score[0] > best.score[0] || (score[0] === best.score[0] && score[1] > best.score[1])) {
      best = { file, score };
    }
  }
  return best?.file;
}

const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** How many of the first parts are the same. */
function shared(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}
