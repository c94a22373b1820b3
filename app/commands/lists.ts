import type { Command } from 'commander';
import type { ObjectiveParameter } from '../../planners/radiation/protocol/objective-functions.ts';

/** `isocenter protocols`, `objectives`, `machines` and `phantoms`: the names that protocols and other commands take. */
export function registerLists(program: Command): void {
  program
    .command('protocols')
    .description('list the built-in protocols')
    .action(async () => {
      const { builtinProtocol, builtinProtocolNames } = await import('../../planners/radiation/protocol/registry.ts');
      print(builtinProtocolNames.map((name) => [name, builtinProtocol(name).description]));
    });
  program
    .command('objectives')
    .description('list the functions that objectives of a protocol may have, and their parameters')
    .action(async () => {
      const { objectiveFunctions } = await import('../../planners/radiation/protocol/objective-functions.ts');
      print(
        objectiveFunctions.map(({ name, description, parameters }) => [
          name,
          `${description} (${parameters.map(parameterText).join('; ')})`,
        ]),
      );
    });
  program
    .command('machines')
    .description('list the built-in machines')
    .action(async () => {
      const { builtinMachine, builtinMachineNames } = await import('../../planners/radiation/machine/registry.ts');
      print(builtinMachineNames.map((name) => [name, builtinMachine(name).description]));
    });
  program
    .command('phantoms')
    .description('list the built-in phantoms and the protocols made for them')
    .action(async () => {
      const { phantomNames, phantomProtocols } = await import('../../sim/phantoms/registry.ts');
      print(phantomNames.map((name) => [`phantom:${name}`, phantomProtocols[name] ?? '(no protocol of its own)']));
    });
}

function parameterText({ name, unit, limits, choices }: ObjectiveParameter): string {
  if (limits === undefined) return `${name}: ${choices.join(' or ')}`;
  return `${name}: ${limits.least} to ${limits.most}${unit === '' ? '' : ` ${unit}`}`;
}

function print(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  process.stdout.write(rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join(''));
}
