import { z } from '../../../engine/core/schema.ts';
import {
  type FunctionWords,
  functionWords,
  type Objective,
  objectiveSchema,
  type ParameterWords,
  parameterWords,
} from './objectives.ts';

/** A parameter of an objective's function: what it is called and means, and what it may be. */
export interface ObjectiveParameter extends ParameterWords {
  readonly name: string;
  /** Of a number, ends included. */
  readonly limits: { readonly least: number; readonly most: number } | undefined;
  /** Of a word. */
  readonly choices: readonly string[];
}

export interface ObjectiveFunction extends FunctionWords {
  readonly name: Objective['function'];
  readonly parameters: readonly ObjectiveParameter[];
}

/** All functions that objectives may have, as the schema of protocols knows them: editors and tables are made of these. */
export const objectiveFunctions: readonly ObjectiveFunction[] = objectiveSchema.options.map((option) => {
  const { function: literal, parameters } = option.shape;
  return {
    ...wordsOf(functionWords, option, literal.value),
    name: literal.value,
    parameters: Object.entries(parameters.shape).map(([name, schema]) => ({
      ...wordsOf(parameterWords, schema, name),
      name,
      limits: limitsOf(schema),
      choices: schema instanceof z.ZodEnum ? schema.options : [],
    })),
  };
});

export function objectiveFunction(name: Objective['function']): ObjectiveFunction {
  const found = objectiveFunctions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no objective function ${name}`);
  return found;
}

/**
 * An objective as it is before anybody has changed its numbers.
 *
 * @param prescriptionGy highest prescribed dose
 */
export function newObjective(
  name: Objective['function'],
  structure: string,
  weight: number,
  prescriptionGy: number,
): Objective {
  const parameters = Object.fromEntries(
    objectiveFunction(name).parameters.map((one) => [
      one.name,
      one.first === 'prescription' ? prescriptionGy : one.first,
    ]),
  );
  return objectiveSchema.parse({ structure, weight, function: name, parameters });
}

function wordsOf<W>(registry: { get(schema: z.ZodType): W | undefined }, schema: z.ZodType, name: string): W {
  const words = registry.get(schema);
  if (words === undefined) throw new Error(`nothing says what ${name} means`);
  return words;
}

function limitsOf(schema: z.ZodType): ObjectiveParameter['limits'] {
  if (!(schema instanceof z.ZodNumber)) return undefined;
  const { minValue, maxValue } = schema;
  return minValue === null || maxValue === null ? undefined : { least: minValue, most: maxValue };
}
