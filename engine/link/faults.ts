import { IsocenterError } from '../core/errors.ts';
import type { LinkFault } from './records.ts';

/** An error as it crosses the link; of faults of ours only that there was one, since their texts may name what is private. */
export function faultOf(error: unknown): LinkFault {
  if (error instanceof IsocenterError) return { code: error.code, message: error.message, hint: error.hint };
  const isAbort = error instanceof Error && error.name === 'AbortError';
  if (isAbort) return { code: 'link/cancelled', message: 'the request was cancelled', hint: 'ask again' };
  return {
    code: 'link/internal',
    message: 'the other end failed unexpectedly',
    hint: 'its own output says what happened; please report it',
  };
}

/** The error of the other end, to be thrown at this one. */
export function errorOf({ code, message, hint }: LinkFault): IsocenterError {
  return new IsocenterError({ code, message, hint, origin: code === 'link/internal' ? 'internal' : 'input' });
}
