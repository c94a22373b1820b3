import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newObjective, objectiveFunctions } from '../../../../planners/radiation/protocol/objective-functions.ts';
import { objectiveSchema } from '../../../../planners/radiation/protocol/objectives.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

describe('functions of objectives', () => {
  it('are all that the schema knows, each with words, and each number with its limits', () => {
    expect(objectiveFunctions.map(({ name }) => name)).toEqual(
      objectiveSchema.options.map(({ shape }) => shape.function.value),
    );
    for (const { title, description, parameters } of objectiveFunctions) {
      expect(title).not.toBe('');
      expect(description).not.toBe('');
      for (const { limits, choices } of parameters) expect(limits !== undefined || choices.length > 0).toBe(true);
    }
  });

  it.each(objectiveFunctions.map((one) => [one.name, one] as const))(
    '%s begins with numbers that are allowed, and its limits are those of the schema',
    (name, { parameters }) => {
      const made = newObjective(name, 'Cord', 300, 50);
      expect(made.parameters.doseGy).toBe(50);
      for (const { name: parameter, limits } of parameters) {
        if (limits === undefined) continue;
        const isTaken = (value: number): boolean =>
          objectiveSchema.safeParse({ ...made, parameters: { ...made.parameters, [parameter]: value } }).success;
        expect([limits.least, limits.most].map(isTaken)).toEqual([true, true]);
        expect([limits.least - 0.1, limits.most + 0.1].map(isTaken)).toEqual([false, false]);
      }
    },
  );

  it('stand in docs/physics.md as the schema has them', () => {
    // Columns are padded there.
    const docs = readFileSync('docs/physics.md', 'utf8').replace(/ +/g, ' ');
    for (const { name, title, description, formula, parameters } of objectiveFunctions) {
      expect(docs).toContain(row(name, title, cell(description), cell(formula)));
      for (const one of parameters) {
        const { limits, choices, unit } = one;
        const allowed =
          limits === undefined ? choices.join(' or ') : `${limits.least} to ${limits.most} ${unit}`.trimEnd();
        expect(docs).toContain(row(one.name, allowed, cell(one.description)));
      }
    }
  });
});
