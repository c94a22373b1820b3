/** A region in space: whether the point (x, y, z) [mm, LPS] lies in it. */
export type Solid = (x: number, y: number, z: number) => boolean;

/** Axis-parallel box around the origin. */
export function box(halfX: number, halfY: number, halfZ: number): Solid {
  return (x, y, z) => Math.abs(x) <= halfX && Math.abs(y) <= halfY && Math.abs(z) <= halfZ;
}

/** Layer from `fromY` (included) to `toY` (excluded), without limit in x and z. */
export function layerY(fromY: number, toY: number): Solid {
  return (_x, y) => y >= fromY && y < toY;
}

/** Cylinder along z with an elliptical base. */
export function cylinder(base: {
  centre: readonly [number, number, number];
  radiusX: number;
  radiusY: number;
  halfLength: number;
}): Solid {
  const { centre, radiusX, radiusY, halfLength } = base;
  return (x, y, z) => {
    const u = (x - centre[0]) / radiusX;
    const v = (y - centre[1]) / radiusY;
    return u * u + v * v <= 1 && Math.abs(z - centre[2]) <= halfLength;
  };
}

export function ellipsoid(centre: readonly [number, number, number], radii: readonly [number, number, number]): Solid {
  return (x, y, z) => {
    const u = (x - centre[0]) / radii[0];
    const v = (y - centre[1]) / radii[1];
    const w = (z - centre[2]) / radii[2];
    return u * u + v * v + w * w <= 1;
  };
}

/** Points of `solid` that lie in none of `removed`. */
export function without(solid: Solid, ...removed: readonly Solid[]): Solid {
  return (x, y, z) => solid(x, y, z) && !removed.some((hole) => hole(x, y, z));
}

/** Points common to all. */
export function common(...solids: readonly Solid[]): Solid {
  return (x, y, z) => solids.every((solid) => solid(x, y, z));
}
