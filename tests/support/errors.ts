import { expect } from 'vitest';
import { IsocenterError } from '../../engine/core/errors.ts';

/** Expects an IsocenterError of that code whose message names `part`, with a hint. */
export function failsWith(action: () => unknown, code: string, part: string): void {
  let error: unknown;
  try {
    action();
  } catch (caught) {
    error = caught;
  }
  expectFault(error, code, part);
}

/** {@link failsWith} for what fails later. */
export async function failsLater(action: () => Promise<unknown>, code: string, part: string): Promise<void> {
  const error = await action().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expectFault(error, code, part);
}

function expectFault(error: unknown, code: string, part: string): void {
  expect(error).toBeInstanceOf(IsocenterError);
  const { message, hint, code: found } = error as IsocenterError;
  expect({ found, message }).toEqual({ found: code, message: expect.stringContaining(part) });
  expect(hint.length).toBeGreaterThan(5);
}
