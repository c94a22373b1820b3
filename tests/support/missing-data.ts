import { dataFolder } from './data.ts';

/** Missing data is the only reason for which a test may be skipped: one closing line says so. */
export function setup(): () => void {
  const folder = dataFolder();
  return () => {
    if (folder === undefined) {
      console.log('ISOCENTER_DATA is not set: the tests that need patients or measured beams were skipped.');
    }
  };
}
