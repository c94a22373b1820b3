import { inputError } from '../../engine/core/errors.ts';
import type { z } from '../../engine/core/schema.ts';

/**
 * Parameters of a viewer, as their schema has them.
 *
 * @throws IsocenterError `link/bad-params` naming the field
 */
export function checked<T extends z.ZodType>(schema: T, params: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const where = [what, ...path].join('.');
  throw inputError('link/bad-params', `${where}: ${message}`, 'see docs/link.md for the fields and their limits');
}
