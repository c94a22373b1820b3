import { inputError } from '../../core/errors.ts';
import type { TriangleMesh } from '../../core/robot.ts';
import { decodeText } from '../text.ts';
import { readDae } from './dae.ts';
import { readObj } from './obj.ts';
import { readStl } from './stl.ts';

/**
 * Reads a triangle mesh, by the ending of its name: STL (binary or text), OBJ or COLLADA (.dae).
 *
 * @throws IsocenterError `mesh/...` for other formats and for malformed files
 */
export function readMesh(bytes: Uint8Array, name: string): TriangleMesh {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  if (ending === 'stl') return readStl(bytes, name);
  if (ending === 'obj') return readObj(decodeText(bytes, name, 'mesh'), name);
  if (ending === 'dae') return readDae(bytes, name);
  throw inputError(
    'mesh/format',
    `${name}: meshes of the format .${ending} are not read`,
    'convert the mesh to STL, OBJ or COLLADA',
  );
}
