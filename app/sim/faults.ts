import { readYaml } from '../../engine/formats/yaml.ts';
import { FAULT_KINDS, type Fault, type FaultKind } from '../../sim/robots/faults.ts';

/**
 * Faults of a simulated robot as a YAML list:
 *
 *   - { kind: drop-out, time: 2.0, duration: 0.5 }
 *   - { kind: stuck-joint, time: 3.0, duration: 1.0, joint: panda_joint4 }
 *   - { kind: delay, time: 5.0, duration: 2.0, value: 0.05 }
 *
 * @throws IsocenterError `faults/...` with file and place
 */
export function readFaults(text: string, path: string, jointNames: readonly string[]): readonly Fault[] {
  return readYaml(text, path, 'faults')
    .list()
    .map((entry) => {
      for (const [name, value] of entry.entries()) {
        if (['kind', 'time', 'duration', 'joint', 'value'].includes(name)) continue;
        throw value.fault('unknown-field', `a fault has no ${name}`, 'a fault has kind, time, duration, joint, value');
      }
      const kind = entry.get('kind').name() as FaultKind;
      if (!FAULT_KINDS.includes(kind)) {
        throw entry.get('kind').fault('unknown-kind', `there is no fault ${kind}`, `write ${FAULT_KINDS.join(', ')}`);
      }
      const joint = entry.get('joint');
      const index = joint.missing ? -1 : jointNames.indexOf(joint.name());
      if (!joint.missing && index < 0) {
        throw joint.fault('unknown-joint', `there is no joint ${joint.name()}`, `joints are ${jointNames.join(', ')}`);
      }
      const value = entry.get('value');
      return {
        kind,
        timeSec: entry.get('time').number(),
        durationSec: entry.get('duration').number(),
        ...(joint.missing ? {} : { joint: index }),
        ...(value.missing ? {} : { value: value.number() }),
      };
    });
}
