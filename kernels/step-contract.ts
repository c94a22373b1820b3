/** One row of the table that tests of a step kernel are derived from. */
export interface StepCase<P> {
  readonly name: string;
  readonly params: P;
}

/**
 * What a step kernel is: synchronous calls of microseconds on one thread (engine/compute/wasm/step-module.ts), in
 * AssemblyScript alone.
 */
export interface StepContract<P> {
  readonly name: string;
  readonly doc: string;
  /** Wasm entries and their arguments, with shape and unit. */
  readonly entries: Readonly<Record<string, string>>;
  /** Largest error allowed [unit of the output], and why it is not smaller. */
  readonly tolerance: { readonly absolute: number; readonly why: string };
  /** What a call costs, in words. */
  readonly cost: string;
  readonly cases: readonly StepCase<P>[];
}
