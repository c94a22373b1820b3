import { randomBytes } from 'node:crypto';
import { inputError } from '../../engine/core/errors.ts';

const SHORTEST = 12;

/**
 * What pseudonyms are derived from: the variable of the environment that `--secret-env` names, or, without it, chance, so that
 * another run gives other pseudonyms.
 *
 * @throws IsocenterError `deidentify/secret`
 */
export function secretFrom(variable: string | undefined, env = process.env): string {
  if (variable === undefined) return randomBytes(32).toString('hex');
  const secret = env[variable] ?? '';
  const hint = `set it to a long random text, such as what \`openssl rand -hex 32\` prints, and keep it safe`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
    throw inputError('deidentify/secret', '--secret-env is no name of an environment variable', `give a name; ${hint}`);
  }
  if (secret.length >= SHORTEST) return secret;
  const what = secret === '' ? 'is not set' : `is shorter than ${SHORTEST} characters`;
  throw inputError('deidentify/secret', `the environment variable ${variable} ${what}`, hint);
}
