/** A seeded signal, stepped sample by sample; translations in [m], rotations as rotation vectors in [rad]. */
export interface Source {
  readonly axes: number;
  readonly rateHz: number;
  /** Writes the next sample to out f64[axes]; no allocation. */
  next(out: Float64Array): void;
}
