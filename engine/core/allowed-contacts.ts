import type { RobotModel } from './robot.ts';
import type { Scene } from './scene.ts';

/** Contacts of a robot's links with obstacles that a scene lets happen. */
export interface AllowedContacts {
  /** [links][obstacles] 1 where link and obstacle may touch. */
  readonly flags: Uint8Array;
  /** Their names, each pair once. */
  readonly pairs: readonly { readonly link: string; readonly obstacle: string }[];
}

/** Names that are neither links nor obstacles have no effect, as in MoveIt; nor have pairs of obstacles. */
export function allowedContacts(
  { links }: Pick<RobotModel, 'links'>,
  { obstacles, allowed = [] }: Scene,
): AllowedContacts {
  const flags = new Uint8Array(links.length * obstacles.length);
  const pairs: { link: string; obstacle: string }[] = [];
  for (const [a, b] of allowed) {
    for (const [link, obstacle] of [
      [a, b],
      [b, a],
    ]) {
      const l = links.findIndex(({ name }) => name === link);
      if (l < 0 || !obstacles.some(({ name }) => name === obstacle)) continue;
      obstacles.forEach(({ name }, o) => {
        if (name === obstacle) flags[l * obstacles.length + o] = 1;
      });
      if (!pairs.some((pair) => pair.link === link && pair.obstacle === obstacle)) pairs.push({ link, obstacle });
    }
  }
  return { flags, pairs };
}
