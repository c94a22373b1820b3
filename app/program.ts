import { Command } from 'commander';
import { registerBridge } from './commands/bridge.ts';
import { registerConvert } from './commands/convert.ts';
import { registerDeidentify } from './commands/deidentify.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDicom } from './commands/dicom.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEvaluate } from './commands/evaluate.ts';
import { registerGamma } from './commands/gamma.ts';
import { registerGuide } from './commands/guide.ts';
import { registerLists } from './commands/lists.ts';
import { registerMachine } from './commands/machine.ts';
import { registerMotion } from './commands/motion.ts';
import { registerPlan } from './commands/plan.ts';
import { registerRegister } from './commands/register.ts';
import { registerReport } from './commands/report.ts';
import { registerRos2 } from './commands/ros2.ts';
import { registerServe } from './commands/serve.ts';
import { registerSim } from './commands/sim.ts';
import { registerTremor } from './commands/tremor.ts';
import type { Session } from './session.ts';
import { version } from './version.ts';

/**
 * The command line, ready to parse. Commands declare their options here and load what they run with only when they run, so
 * that `--help` and a mistyped option answer at once.
 */
export function createProgram(session: Session): Command {
  const program = new Command('isocenter')
    .description('Plans radiation beams and robot motions. For research, not for clinical use.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  registerPlan(program, session);
  registerEvaluate(program, session);
  registerReport(program, session);
  registerGamma(program, session);
  registerDicom(program, session);
  registerConvert(program, session);
  registerDeidentify(program, session);
  registerMachine(program, session);
  registerMotion(program, session);
  registerTremor(program, session);
  registerGuide(program, session);
  registerSim(program, session);
  registerRegister(program, session);
  registerRos2(program, session);
  registerBridge(program, session);
  registerServe(program, session);
  registerDoctor(program, session);
  registerDemo(program, session);
  registerLists(program);
  return program;
}
