import { decimal } from '../text.ts';
import type { XmlElement } from '../xml.ts';

/** What a reader of parts asks of the whole file. */
export interface DaeLookup {
  find(element: XmlElement): XmlElement;
  malformed(reason: string, element: XmlElement): Error;
}

/** Elements of a mesh that hold faces. */
export const PRIMITIVES: ReadonlySet<string> = new Set(['triangles', 'polylist', 'polygons', 'tristrips', 'trifans']);

/** Numbers of an element's text. */
export function numbersOf(element: XmlElement, { malformed }: DaeLookup): number[] {
  const text = element.text.trim();
  const numbers = text === '' ? [] : text.split(/\s+/).map(decimal);
  const bad = numbers.findIndex(Number.isNaN);
  if (bad < 0) return numbers;
  throw malformed(`${JSON.stringify(text.split(/\s+/)[bad].slice(0, 60))} is not a finite number`, element);
}

/** x, y, z of each vertex of `<vertices>`, or of a `<source>` that stands in its place. */
export function positionsOf(vertices: XmlElement, lookup: DaeLookup): Float64Array {
  const input = vertices.children.find(({ attributes }) => attributes.semantic === 'POSITION');
  const source = vertices.name === 'vertices' && input !== undefined ? lookup.find(input) : vertices;
  const floats = source.children.find(({ name }) => name === 'float_array');
  const accessor = source.children
    .find(({ name }) => name === 'technique_common')
    ?.children.find(({ name }) => name === 'accessor');
  if (floats === undefined) throw lookup.malformed(`<${source.name}> holds no numbers`, source);
  const numbers = numbersOf(floats, lookup);
  const stride = whole(accessor?.attributes.stride, 3);
  const offset = whole(accessor?.attributes.offset, 0);
  const count = whole(accessor?.attributes.count, Math.floor((numbers.length - offset) / Math.max(1, stride)));
  if (!(stride >= 3) || !(offset + stride * count <= numbers.length)) {
    const asked = `${count} vertices of ${stride} numbers`;
    throw lookup.malformed(`<accessor> asks for ${asked} of ${numbers.length}`, accessor ?? source);
  }
  const positions = new Float64Array(3 * count);
  for (let n = 0; n < positions.length; n++) positions[n] = numbers[offset + stride * Math.floor(n / 3) + (n % 3)];
  return positions;
}

/** Three corners a triangle: faces of more are taken as convex and split into fans. */
export function cornersOf(primitive: XmlElement, input: XmlElement, vertices: number, lookup: DaeLookup): number[] {
  const inputs = primitive.children.filter(({ name }) => name === 'input');
  const stride = 1 + inputs.reduce((most, { attributes }) => Math.max(most, whole(attributes.offset, 0)), 0);
  const at = whole(input.attributes.offset, 0);
  const corners: number[] = [];
  const lists = primitive.children.filter(({ name }) => name === 'p' || name === 'ph');
  const counts = primitive.children.find(({ name }) => name === 'vcount');
  const sizes = counts === undefined ? undefined : numbersOf(counts, lookup);
  for (const holder of lists) {
    const list = holder.name === 'ph' ? (holder.children.find(({ name }) => name === 'p') ?? holder) : holder;
    const numbers = numbersOf(list, lookup);
    const own: number[] = [];
    for (let n = at; n < numbers.length; n += stride) own.push(numbers[n]);
    const stranger = own.find((corner) => !(Number.isInteger(corner) && corner >= 0 && corner < vertices));
    if (stranger !== undefined) throw lookup.malformed(`there is no vertex ${stranger} of ${vertices}`, list);
    split(primitive, own, sizes, (a, b, c) => corners.push(a, b, c), lookup);
  }
  return corners;
}

function split(
  primitive: XmlElement,
  own: readonly number[],
  sizes: readonly number[] | undefined,
  add: (a: number, b: number, c: number) => void,
  lookup: DaeLookup,
): void {
  const fan = (from: number, size: number): void => {
    for (let k = 2; k < size; k++) add(own[from], own[from + k - 1], own[from + k]);
  };
  switch (primitive.name) {
    case 'triangles':
      if (own.length % 3 !== 0) throw lookup.malformed(`<triangles> has ${own.length} corners`, primitive);
      for (let n = 0; n < own.length; n += 3) fan(n, 3);
      return;
    case 'polylist': {
      const total = sizes?.reduce((sum, size) => sum + (size >= 0 ? size : Number.NaN), 0);
      if (sizes === undefined || total !== own.length) {
        throw lookup.malformed(`<vcount> asks for ${total} corners where <p> has ${own.length}`, primitive);
      }
      let from = 0;
      for (const size of sizes) {
        fan(from, size);
        from += size;
      }
      return;
    }
    case 'tristrips':
      for (let n = 2; n < own.length; n++) add(own[n - 2 + (n % 2)], own[n - 1 - (n % 2)], own[n]);
      return;
    default:
      fan(0, own.length);
  }
}

function whole(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = decimal(text.trim());
  return Number.isInteger(value) && value >= 0 ? value : Number.NaN;
}
