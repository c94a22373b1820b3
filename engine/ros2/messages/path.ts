/** Where in a message: names of fields and numbers of entries. */
export type PathPart = string | number;

/** `points[3].positions`, of the first `depth` parts. */
export function pathText(path: readonly PathPart[], depth: number): string {
  let text = '';
  for (const part of path.slice(0, depth)) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** A value as an error message shows it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}...` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
