/** One object on one line; numbers that are not finite become null. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** A file for people and programs: indented, but a list of plain numbers stays on one line. */
export function toJsonFile(value: unknown): string {
  const pretty = JSON.stringify(value, undefined, 2);
  return `${pretty.replace(/\[[^[\]{}"]*\]/g, (list) => list.replace(/\s+/g, ' '))}\n`;
}
