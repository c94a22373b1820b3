import { compose, identity, type Transform } from '../../core/frames.ts';
import { decimal } from '../text.ts';
import type { XmlElement } from '../xml.ts';

/** The transform of a COLLADA node: its matrices, translations, rotations and scales, in the order that they stand in. */
export function nodeTransform(node: XmlElement, malformed: (reason: string) => Error): Transform {
  let pose = identity();
  for (const element of node.children) {
    const make = makers.get(element.name);
    if (make === undefined) continue;
    const numbers = element.text.trim().split(/\s+/).map(decimal);
    if (numbers.length !== make.count || numbers.some(Number.isNaN)) {
      throw malformed(`<${element.name}> in line ${element.line} is not ${make.count} numbers`);
    }
    pose = compose(pose, make.of(numbers));
  }
  return pose;
}

interface Maker {
  readonly count: number;
  readonly of: (numbers: readonly number[]) => Transform;
}

const makers: ReadonlyMap<string, Maker> = new Map(
  Object.entries<Maker>({
    matrix: {
      count: 16,
      // Rows in the file, columns here.
      of: (numbers) => identity().map((_, n) => numbers[4 * (n % 4) + Math.floor(n / 4)]) as Transform,
    },
    translate: {
      count: 3,
      of: (numbers) => {
        const pose = identity();
        pose.set(numbers, 12);
        return pose;
      },
    },
    scale: {
      count: 3,
      of: (numbers) => {
        const pose = identity();
        for (const [axis, factor] of numbers.entries()) pose[5 * axis] = factor;
        return pose;
      },
    },
    rotate: { count: 4, of: ([x, y, z, degrees]) => turn(x, y, z, (degrees * Math.PI) / 180) },
  }),
);

/** About an axis of any length (Rodrigues); none at all about one of no length. */
function turn(x: number, y: number, z: number, angle: number): Transform {
  const length = Math.hypot(x, y, z);
  const pose = identity();
  if (length === 0) return pose;
  const axis = [x / length, y / length, z / length];
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  for (let column = 0; column < 3; column++) {
    for (let row = 0; row < 3; row++) {
      const cross =
        row === column ? 0 : (row - column + 3) % 3 === 1 ? axis[3 - row - column] : -axis[3 - row - column];
      pose[4 * column + row] = (row === column ? c : 0) + (1 - c) * axis[row] * axis[column] + s * cross;
    }
  }
  return pose;
}
