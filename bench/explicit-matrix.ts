import type { Beam } from '../planners/radiation/beams/beam.ts';
import { bixelX, bixelY } from '../planners/radiation/beams/bixels.ts';
import { slab } from '../planners/radiation/dose/reference.ts';
import {
  type BeamModel,
  COMPONENTS,
  depthTable,
  kernelsAtSsd,
  primaryFluence,
} from '../planners/radiation/machine/model.ts';

/** Dose-influence matrix of all beams in compressed rows (voxels), and its transpose. */
export interface InfluenceMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly rowStarts: Float64Array;
  readonly column: Uint32Array;
  readonly value: Float32Array;
}

const DEPTH_STEP_MM = 0.5;
const DEPTH_ROWS = 1201;

/**
 * What a planner without the matrix-free operator builds: every bixel's dose in every voxel, for the same model and rays,
 * left out beyond `cutOffMm` from the bixel at the isocentre plane (matRad's geometric lateral cut-off, 50 mm there).
 *
 * @param rays of each beam: x, y, radiological depth [mm] and (SAD / z)^2 for each voxel
 */
export function buildInfluenceMatrix(
  model: BeamModel,
  beams: readonly Beam[],
  rays: readonly Float32Array[],
  fractions: number,
  cutOffMm: number,
): InfluenceMatrix {
  const rows = rays[0].length / 4;
  const gaussians = [...model.narrow.sigmasMm, ...model.broadSigmasMm];
  const depth = depthTable(model, DEPTH_STEP_MM, DEPTH_ROWS);
  let bixelsBefore = 0;
  const grids = beams.map((beam) => {
    const grid = bixelGrid(model, beam, bixelsBefore);
    bixelsBefore += beam.bixels.cells.length;
    return grid;
  });
  const rowStarts = new Float64Array(rows + 1);
  let capacity = 1 << 22;
  let column = new Uint32Array(capacity);
  let value = new Float32Array(capacity);
  let count = 0;
  const strength = new Float64Array(gaussians.length);
  const alongX = gaussians.map(() => new Float64Array(512));
  const alongY = gaussians.map(() => new Float64Array(512));
  const radius2 = cutOffMm * cutOffMm;
  for (let v = 0; v < rows; v++) {
    for (let b = 0; b < beams.length; b++) {
      const grid = grids[b];
      const x = rays[b][4 * v];
      const y = rays[b][4 * v + 1];
      const at = Math.min(DEPTH_ROWS - 1, Math.round(rays[b][4 * v + 2] / DEPTH_STEP_MM)) * COMPONENTS;
      grid.strengths(depth, at, fractions * rays[b][4 * v + 3], strength);
      for (let g = 0; g < gaussians.length; g++) {
        fillSlabs(alongX[g], x, grid.xs, grid.half, gaussians[g]);
        fillSlabs(alongY[g], y, grid.ys, grid.half, gaussians[g]);
      }
      for (let i = 0; i < grid.cells.length; i++) {
        const c = grid.cellColumn[i];
        const r = grid.cellRow[i];
        const dx = x - grid.xs[c];
        const dy = y - grid.ys[r];
        if (dx * dx + dy * dy > radius2) continue;
        let sum = 0;
        for (let g = 0; g < gaussians.length; g++) sum += strength[g] * alongX[g][c] * alongY[g][r];
        if (count === capacity) {
          capacity *= 2;
          const wider = new Uint32Array(capacity);
          wider.set(column);
          column = wider;
          const more = new Float32Array(capacity);
          more.set(value);
          value = more;
        }
        column[count] = grid.first + i;
        value[count++] = sum * grid.fluence[i];
      }
    }
    rowStarts[v + 1] = count;
  }
  return { rows, columns: bixelsBefore, rowStarts, column: column.slice(0, count), value: value.slice(0, count) };
}

function fillSlabs(out: Float64Array, at: number, centres: Float64Array, half: number, sigma: number): void {
  for (let i = 0; i < centres.length; i++) out[i] = slab(at - centres[i], half, sigma);
}

function bixelGrid(model: BeamModel, beam: Beam, first: number) {
  const { bixels } = beam;
  const { narrow, broad } = kernelsAtSsd(model, beam.ssdMm);
  const broadCount = model.broadSigmasMm.length;
  const n = bixels.cells.length;
  return {
    first,
    cells: bixels.cells,
    half: bixels.sizeMm / 2,
    xs: Float64Array.from({ length: bixels.columns }, (_, c) => bixels.firstXMm + c * bixels.sizeMm),
    ys: Float64Array.from({ length: bixels.rows }, (_, r) => bixels.firstYMm + r * bixels.sizeMm),
    cellColumn: bixels.cells.map((cell) => cell % bixels.columns),
    cellRow: bixels.cells.map((cell) => Math.floor(cell / bixels.columns)),
    fluence: Float64Array.from({ length: n }, (_, i) =>
      primaryFluence(model, Math.hypot(bixelX(bixels, i), bixelY(bixels, i))),
    ),
    /** Strength of every Gaussian at a row of the depth table. */
    strengths(depth: Float32Array, row: number, scale: number, out: Float64Array): void {
      let total = 0;
      for (let i = 0; i < COMPONENTS; i++) total += depth[row + i] * narrow[i];
      model.narrow.weights.forEach((weight, s) => {
        out[s] = scale * weight * total;
      });
      for (let k = 0; k < broadCount; k++) {
        let sum = 0;
        for (let i = 0; i < COMPONENTS; i++) sum += depth[row + i] * broad[i * broadCount + k];
        out[model.narrow.weights.length + k] = scale * sum;
      }
    },
  };
}

/** The transpose, so that both products run along rows. */
export function transpose(m: InfluenceMatrix): InfluenceMatrix {
  const rowStarts = new Float64Array(m.columns + 1);
  for (const c of m.column) rowStarts[c + 1]++;
  for (let c = 0; c < m.columns; c++) rowStarts[c + 1] += rowStarts[c];
  const next = rowStarts.slice(0, m.columns);
  const column = new Uint32Array(m.column.length);
  const value = new Float32Array(m.value.length);
  for (let r = 0; r < m.rows; r++) {
    for (let k = m.rowStarts[r]; k < m.rowStarts[r + 1]; k++) {
      const at = next[m.column[k]]++;
      column[at] = r;
      value[at] = m.value[k];
    }
  }
  return { rows: m.columns, columns: m.rows, rowStarts, column, value };
}

/** out = M x */
export function multiply(m: InfluenceMatrix, x: Float32Array, out: Float32Array): void {
  const { rowStarts, column, value } = m;
  for (let r = 0; r < m.rows; r++) {
    let sum = 0;
    const end = rowStarts[r + 1];
    for (let k = rowStarts[r]; k < end; k++) sum += value[k] * x[column[k]];
    out[r] = sum;
  }
}

export function matrixBytes(m: InfluenceMatrix): number {
  return m.rowStarts.byteLength + m.column.byteLength + m.value.byteLength;
}
