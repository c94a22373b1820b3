import { resolve } from 'node:path';

/**
 * The folder of measured data, from the environment variable ISOCENTER_DATA; undefined where it is not set, so that
 * tests which need it can skip. Under CI=true missing data is a failure.
 */
export function dataFolder(): string | undefined {
  const folder = process.env.ISOCENTER_DATA;
  if (folder !== undefined && folder !== '') return resolve(folder);
  if (process.env.CI === 'true') {
    throw new Error('ISOCENTER_DATA is not set: tests with CI=true need the folder of measured data (beam-6mv, ...).');
  }
  return undefined;
}
