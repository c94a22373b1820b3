import { IsocenterError } from '../../engine/core/errors.ts';
import type { Fault } from './messages.ts';

/** What was thrown, as the page tells it. */
export function faultOf(error: unknown): Fault {
  if (error instanceof IsocenterError) {
    const { code, message, hint, origin } = error;
    return { code, message, hint, origin };
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'please report this with what led to it';
  return { code: 'viewer/unexpected', message, hint, origin: 'internal' };
}
