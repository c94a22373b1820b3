import type { Vec3 } from '../../core/grid.ts';
import type { Shape } from '../../core/robot.ts';
import { FARTHEST_M } from '../extent.ts';
import type { YamlValue } from '../yaml.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = { 1: 'box', 2: 'sphere', 3: 'cylinder', 4: 'cone' };

/** shape_msgs/SolidPrimitive: box [x, y, z], sphere [radius], cylinder [height, radius]. */
export function readPrimitive(primitive: YamlValue): Shape {
  const type = primitive.get('type');
  const kind =
    typeof type.value === 'number' ? (TYPE_NAMES[type.value] ?? String(type.value)) : type.text().toLowerCase();
  const sizes = (count: number): number[] => {
    const values = primitive.get('dimensions').numbers(count);
    for (const value of values) {
      if (value > 0 && value <= FARTHEST_M) continue;
      throw primitive.fault(
        'bad-size',
        `a size of the ${kind} is ${value} m; it must be above 0 and at most ${FARTHEST_M} m`,
        'give sizes in metres',
      );
    }
    return values;
  };
  switch (kind) {
    case 'box':
      return { kind: 'box', sizeM: sizes(3) as unknown as Vec3 };
    case 'sphere':
      return { kind: 'sphere', radiusM: sizes(1)[0] };
    case 'cylinder': {
      const [lengthM, radiusM] = sizes(2);
      return { kind: 'cylinder', radiusM, lengthM };
    }
    default:
      throw primitive.fault(
        'unsupported-shape',
        `shape ${kind} is not supported`,
        'use box, sphere, cylinder or a mesh with vertices and triangles',
      );
  }
}
