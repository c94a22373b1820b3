/** Where the fault lies: `input` is bad input (the command line exits with 2), `internal` a fault of ours (exit 1). */
export type FaultOrigin = 'input' | 'internal';

/**
 * The one error class of isocenter.
 *
 * `message` names the file, the value, the unit and the limit; `hint` says what to do next. `code` is stable and
 * meant for programs (`dose-grid/too-large`), in the form `area/reason`.
 */
export class IsocenterError extends Error {
  override readonly name = 'IsocenterError';
  readonly code: string;
  readonly hint: string;
  readonly origin: FaultOrigin;

  constructor(fields: { code: string; message: string; hint: string; origin?: FaultOrigin; cause?: unknown }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.hint = fields.hint;
    this.origin = fields.origin ?? 'input';
  }
}

/** Shorthand for an {@link IsocenterError} caused by bad input. */
export function inputError(code: string, message: string, hint: string): IsocenterError {
  return new IsocenterError({ code, message, hint });
}
