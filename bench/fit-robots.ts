import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitBuiltinRobots } from '../planners/motion/robot/fit-builtin.ts';

/** `npm run fit-robots`: writes the spheres and ignored pairs of the robots that ship, and prints how well they fit. */
const { fitted, reports } = fitBuiltinRobots();
for (const [name, report] of Object.entries(reports)) {
  for (const { link, spheres, meanOverestimateMm, maxOverestimateMm, samples, covered } of report) {
    const fit = `mean ${meanOverestimateMm.toFixed(2)} mm, max ${maxOverestimateMm.toFixed(1)} mm`;
    console.log(`${name} ${link}: ${spheres} spheres, ${fit}, ${covered} of ${samples} samples covered`);
  }
}
const root = join(import.meta.dirname, '..', '..');
writeFileSync(join(root, 'planners/motion/robot/builtin/spheres.json'), `${JSON.stringify(fitted)}\n`);
