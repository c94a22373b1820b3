/**
 * Equations on the joints of a chain: met where `error` is (nearly) zero. Unknowns are scaled by `unit` and errors by whoever
 * fills them, so that all weigh alike. Implemented by the tasks of inverse kinematics and by the remote centre of motion.
 */
export interface Constraint {
  /** Number of unknowns. */
  readonly dofs: number;
  /** Number of equations, at most 6. */
  readonly rows: number;
  /** [dofs] limits [rad or m]; infinite where there are none. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** [dofs] rad or m of one unit of each unknown. */
  readonly unit: Float64Array;
  /** [rows] what is missing at the configuration that was evaluated last. */
  readonly error: Float64Array;
  /** [rows][dofs] how a unit of each unknown lowers the error, there. */
  readonly jacobian: Float64Array;
  /** Fills `error` at `x` [dofs]; returns half its squared length. */
  evaluate(x: Float64Array): number;
  /** Fills `jacobian` at the configuration evaluated last. */
  differentiate(): void;
  /** Whether the configuration evaluated last meets the equations within their tolerances. */
  isMet(): boolean;
}
