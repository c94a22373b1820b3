import { inputError } from '../../engine/core/errors.ts';

const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Parser of an option that is one number within limits; `unit` is '' for a pure number. */
export function numberOption(option: string, unit: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = toNumber(option, text, text);
    requireRange(option, value, unit, least, most);
    return value;
  };
}

/** Parser of an option that is one whole number within limits. */
export function wholeNumberOption(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = toNumber(option, text, text);
    if (!Number.isInteger(value)) {
      throw badValue(
        option,
        `${JSON.stringify(text)} is not a whole number`,
        `give a whole number, ${least} to ${most}`,
      );
    }
    requireRange(option, value, '', least, most);
    return value;
  };
}

/** Parser of an option that is a list of numbers separated by commas. */
export function numberListOption(
  option: string,
  unit: string,
  least: number,
  most: number,
): (text: string) => readonly number[] {
  return (text) =>
    text.split(',').map((part) => {
      const value = toNumber(option, part, text);
      requireRange(option, value, unit, least, most);
      return value;
    });
}

/** Where the points of an option live, and how far out they may be. */
const POINT_FRAMES = {
  patient: {
    unit: 'mm',
    largest: 10_000,
    words: 'in mm in the patient frame (x to the left, y to the back, z to the head)',
  },
  base: { unit: 'm', largest: 100, words: "in metres in the robot's base frame" },
} as const;

/** Parser of an option that is a point: three numbers separated by commas, in the patient frame [mm] or the base frame [m]. */
export function pointOption(
  option: string,
  frame: keyof typeof POINT_FRAMES = 'patient',
): (text: string) => readonly [number, number, number] {
  const { unit, largest, words } = POINT_FRAMES[frame];
  const numbers = numberListOption(option, unit, -largest, largest);
  return (text) => {
    const values = numbers(text);
    if (values.length === 3) return [values[0], values[1], values[2]];
    const message = `${JSON.stringify(text)} has ${values.length} numbers where three must be`;
    throw badValue(option, message, `give x,y,z ${words}`);
  };
}

function toNumber(option: string, part: string, text: string): number {
  const trimmed = part.trim();
  if (decimalNumber.test(trimmed) && Number.isFinite(Number(trimmed))) return Number(trimmed);
  const where = part === text ? '' : ` in ${JSON.stringify(text)}`;
  throw badValue(option, `${JSON.stringify(part)}${where} is not a number`, 'write numbers like 5 or 2.5');
}

function requireRange(option: string, value: number, unit: string, least: number, most: number): void {
  if (value >= least && value <= most) return;
  const limits = `${least} to ${most}${unit === '' ? '' : ` ${unit}`}`;
  throw badValue(
    option,
    `${value}${unit === '' ? '' : ` ${unit}`} is outside ${limits}`,
    `give a number from ${limits}`,
  );
}

function badValue(option: string, message: string, hint: string): Error {
  return inputError('command/bad-value', `--${option}: ${message}`, hint);
}
