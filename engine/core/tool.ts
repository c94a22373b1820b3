import type { Vec3 } from './grid.ts';

/** A tool with a straight shaft as a tool file names it, in the frame of the link that carries it [m]. */
export interface ToolSpec {
  readonly link: string;
  /** Where the shaft begins; the link's origin where it is left out. */
  readonly originM?: Vec3;
  /** Unit vector along the shaft, away from the robot; +z where it is left out. */
  readonly axis?: Vec3;
  /** Length of the straight shaft. */
  readonly lengthM: number;
  /** The point that is led; the end of the shaft where it is left out. */
  readonly tipM?: Vec3;
  /** Radius of the shaft, which then is kept clear of the scene and of the robot; left out, it meets nothing. */
  readonly radiusM?: number;
}
