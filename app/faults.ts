import { CommanderError } from 'commander';
import { IsocenterError } from '../engine/core/errors.ts';
import { Cancelled, type Session } from './session.ts';

interface Fault {
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
}

/**
 * Prints what went wrong in two lines, `error: ...` and `hint: ...`, on stderr. ISOCENTER_DEBUG=1 adds the stack.
 *
 * @returns the exit code: 2 for bad input, 1 for a fault of ours, 130 after Ctrl-C, 0 after `--help` and `--version`
 */
export function reportFault(error: unknown, session: Session): number {
  session.progress.clear();
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const { message, hint, exitCode } = describeFault(error);
  process.stderr.write(`error: ${oneLine(message)}\nhint: ${oneLine(hint)}\n`);
  if (process.env.ISOCENTER_DEBUG === '1' && error instanceof Error) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) process.stderr.write(`${e.stack}\n`);
  }
  return exitCode;
}

function describeFault(error: unknown): Fault {
  if (error instanceof Cancelled) {
    return { message: 'cancelled', hint: 'nothing was written', exitCode: error.exitCode };
  }
  if (error instanceof IsocenterError) {
    return { message: error.message, hint: error.hint, exitCode: error.origin === 'input' ? 2 : 1 };
  }
  if (error instanceof CommanderError) return usageFault(error);
  return {
    message: `unexpected fault: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'please report this with the command that led to it; ISOCENTER_DEBUG=1 shows where it happened',
    exitCode: 1,
  };
}

function usageFault(error: CommanderError): Fault {
  const help = '`isocenter --help` lists the commands, `isocenter COMMAND --help` the options of one';
  if (error.code === 'commander.help') return { message: 'no command was given', hint: help, exitCode: 2 };
  const [message, ...more] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = more
    .join(' ')
    .trim()
    .replace(/^\(|\)$/g, '');
  return { message, hint: suggestion === '' ? help : `${suggestion} ${help}`, exitCode: 2 };
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
