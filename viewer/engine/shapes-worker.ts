import { voxelCount } from '../../engine/core/grid.ts';
import { surfaceNets, vertexNormals } from '../../engine/core/surface-nets.ts';
import { linesAt, sliceSteps } from './contouring.ts';
import type {
  PatientView,
  ShadedSurface,
  ShapesAnswer,
  ShapesField,
  ShapesRequest,
  SliceAxis,
  SliceLines,
} from './messages.ts';

/** Outlines, isolines and surfaces of one patient, apart from the planner so that neither waits for the other. */
class Shapes {
  readonly #view: PatientView;
  /** One byte a voxel, made when a structure is first wanted. */
  readonly #masks = new Map<number, Uint8Array>();
  readonly #fields = new Map<ShapesField, Float32Array>();

  constructor(view: PatientView) {
    this.#view = view;
    this.#fields.set('plan', view.dose);
  }

  outlines(axis: SliceAxis, index: number): readonly SliceLines[] {
    const { grid, structures } = this.#view;
    const { first, across, down, width, height } = sliceSteps(grid, axis, index);
    const samples = new Float32Array(width * height);
    const lines: SliceLines[] = [];
    for (let s = 0; s < structures.length; s++) {
      const mask = this.#mask(s);
      let any = 0;
      for (let y = 0, n = 0; y < height; y++) {
        for (let x = 0; x < width; x++, n++) {
          samples[n] = mask[first + x * across + y * down];
          any |= samples[n];
        }
      }
      if (any === 0) continue;
      const found = linesAt(samples, grid, axis, 'mask', s);
      if (found !== undefined) lines.push(found);
    }
    return lines;
  }

  setField(field: ShapesField, values: Float32Array | undefined): void {
    if (values === undefined) this.#fields.delete(field);
    else this.#fields.set(field, values);
  }

  isolines(field: ShapesField, axis: SliceAxis, index: number, levelsGy: readonly number[]): readonly SliceLines[] {
    const { grid } = this.#view;
    const dose = this.#fields.get(field);
    if (dose === undefined) return [];
    const { first, across, down, width, height } = sliceSteps(grid, axis, index);
    const samples = new Float32Array(width * height);
    let most = 0;
    for (let y = 0, n = 0; y < height; y++) {
      for (let x = 0; x < width; x++, n++) {
        samples[n] = dose[first + x * across + y * down];
        if (samples[n] > most) most = samples[n];
      }
    }
    const lines: SliceLines[] = [];
    for (const [n, level] of levelsGy.entries()) {
      if (!(level > 0) || level > most) continue;
      const found = linesAt(samples, grid, axis, level, n);
      if (found !== undefined) lines.push(found);
    }
    return lines;
  }

  surface(structure: number): ShadedSurface {
    return this.#inMm(this.#mask(structure), 0.5);
  }

  isodose(levelGy: number): ShadedSurface {
    return this.#inMm(this.#fields.get('plan') ?? this.#view.dose, levelGy);
  }

  #inMm(field: ArrayLike<number>, level: number): ShadedSurface {
    const { size, spacingMm, originMm } = this.#view.grid;
    const { positions, triangles } = surfaceNets(field, size as [number, number, number], level);
    for (let n = 0; n < positions.length; n++) positions[n] = originMm[n % 3] + positions[n] * spacingMm[n % 3];
    return { positions, triangles, normals: vertexNormals({ positions, triangles }) };
  }

  #mask(structure: number): Uint8Array {
    let mask = this.#masks.get(structure);
    if (mask === undefined) {
      mask = new Uint8Array(voxelCount(this.#view.grid));
      for (const voxel of this.#view.structures[structure].voxels) mask[voxel] = 1;
      this.#masks.set(structure, mask);
    }
    return mask;
  }
}

let shapes: Shapes | undefined;

function answer(request: ShapesRequest): ShapesAnswer {
  const { id } = request;
  if (request.kind === 'patient') {
    shapes = new Shapes(request.patient);
    return { id, kind: 'done' };
  }
  if (shapes === undefined) return { id, kind: 'fault', message: 'no patient is open' };
  switch (request.kind) {
    case 'field':
      shapes.setField(request.field, request.values);
      return { id, kind: 'done' };
    case 'outlines':
      return { id, kind: 'lines', lines: shapes.outlines(request.axis, request.index) };
    case 'isolines':
      return {
        id,
        kind: 'lines',
        lines: shapes.isolines(request.field, request.axis, request.index, request.levelsGy),
      };
    case 'surface':
      return { id, kind: 'surface', surface: shapes.surface(request.structure) };
    case 'isodose':
      return { id, kind: 'surface', surface: shapes.isodose(request.levelGy) };
  }
}

addEventListener('message', ({ data }: MessageEvent<ShapesRequest>) => {
  try {
    postMessage(answer(data));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    postMessage({ id: data.id, kind: 'fault', message } satisfies ShapesAnswer);
  }
});
