import type { Command } from 'commander';

/** Structures of a patient that a robot keeps out of. */
export function addKeepOutOptions(command: Command): Command {
  return command
    .option('--registration <file>', 'file of isocenter register: patient to robot base')
    .option(
      '--keep-out <name:mm>',
      'structure to keep away from, with its margin; may be repeated',
      (entry: string, list: readonly string[]) => [...list, entry],
      [] as readonly string[],
    );
}
