import { readYaml, type YamlValue } from './yaml.ts';

/** What a motion is to be good for, as a file says it; see planners/motion/trajectory/config.ts for the meaning. */
export interface ObjectiveSpec {
  readonly duration?: number;
  readonly jerk?: number;
  readonly clearance?: readonly { readonly name: string; readonly distanceM: number; readonly weight: number }[];
}

/**
 * Reads the weights of a trajectory's objective: `duration: 1`, `jerk: 0.2`, `clearance: [{name: Cube, distance: 0.05, weight: 2}]`
 * with distances in metres; the name `*` stands for everything that no other term names.
 *
 * @throws IsocenterError `objective/...`
 */
export function readObjective(text: string, path: string): ObjectiveSpec {
  const root = readYaml(text, path, 'objective');
  for (const [name, value] of root.entries()) {
    if (['duration', 'jerk', 'clearance'].includes(name)) continue;
    throw value.fault('unknown-term', `there is no term ${name}`, 'terms are duration, jerk and clearance');
  }
  const weight = (value: YamlValue): number => {
    const number = value.number();
    if (number >= 0) return number;
    throw value.fault('negative', `${number} is negative`, 'weights and distances are 0 or more');
  };
  const optional = (name: 'duration' | 'jerk') => {
    const value = root.get(name);
    return value.missing ? {} : { [name]: weight(value) };
  };
  const clearance = root.get('clearance');
  return {
    ...optional('duration'),
    ...optional('jerk'),
    ...(clearance.missing
      ? {}
      : {
          clearance: clearance.list().map((term) => ({
            name: term.get('name').text(),
            distanceM: weight(term.get('distance')),
            weight: weight(term.get('weight')),
          })),
        }),
  };
}
