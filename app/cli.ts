#!/usr/bin/env node
import { reportFault } from './faults.ts';
import { createProgram } from './program.ts';
import { openSession } from './session.ts';

const session = openSession();

process.on('uncaughtException', (error) => process.exit(reportFault(error, session)));
// A reader that has seen enough (`| head -1`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await createProgram(session).parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFault(error, session);
}
