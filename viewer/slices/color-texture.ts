import { float, texture, vec2 } from 'three/tsl';
import { ClampToEdgeWrapping, DataTexture, LinearFilter, type Node, RGBAFormat, UnsignedByteType } from 'three/webgpu';
import type { Rgb } from '../../engine/core/color.ts';
import { colorTable } from '../state/colors.ts';

/** A scale of colours as a texture of 256 x 1. @param colorAt of 0 to 1 */
export function colorTexture(colorAt: (t: number) => Rgb): DataTexture {
  const table = new DataTexture(colorTable(colorAt), 256, 1, RGBAFormat, UnsignedByteType);
  table.minFilter = table.magFilter = LinearFilter;
  table.wrapS = table.wrapT = ClampToEdgeWrapping;
  table.needsUpdate = true;
  return table;
}

/** Its colour at t: the first and the last lie in the middle of their pixels. */
export function colorNode(table: DataTexture, t: Node<'float'>) {
  return texture(table, vec2(t.mul(255 / 256).add(0.5 / 256), float(0.5)), float(0)).rgb;
}
