/** Elements of an array that are shown of a message: an image has millions, and nobody reads them as numbers. */
export const MOST_SHOWN = 1000;

/**
 * A decoded message with arrays of no more than {@link MOST_SHOWN} elements; the rest is left out before anything is made of each of them.
 *
 * @returns the same where nothing is left out
 */
export function shortened<T>(value: T): T {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as Uint8Array;
    return (list.length > MOST_SHOWN ? list.subarray(0, MOST_SHOWN) : list) as unknown as T;
  }
  if (Array.isArray(value)) {
    const list = value.length > MOST_SHOWN ? value.slice(0, MOST_SHOWN) : value;
    const short = typeof list[0] === 'object' ? list.map(shortened) : list;
    return short as unknown as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one)])) as T;
}
