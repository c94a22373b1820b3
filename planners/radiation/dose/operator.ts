import { type Device, type DeviceBuffer, type Launch, upload } from '../../../engine/compute/device.ts';
import { axisOf } from '../../../engine/core/frames.ts';
import type { Volume } from '../../../engine/core/grid.ts';
import {
  fftScratchBytes,
  fftTables,
  prepareFftConvolve,
  prepareFftConvolveAdjoint,
  spectrumLength,
} from '../../../kernels/fft-convolution/index.ts';
import { adjointParts, preparePhotonDoseAdjoint } from '../../../kernels/photon-dose-adjoint/index.ts';
import { createVoxelOrder } from '../../../kernels/photon-dose-adjoint/order.ts';
import { BEAM_TABLE_STRIDE, preparePhotonDoseForward } from '../../../kernels/photon-dose-forward/index.ts';
import { DEPTH_BEAM_STRIDE, prepareRadiologicalDepth } from '../../../kernels/radiological-depth/index.ts';
import {
  prepareSeparableMap,
  type SeparableMapShape,
  separableMapScratchBytes,
} from '../../../kernels/separable-map/index.ts';
import { NO_INDEX, prepareGatherScale, prepareGatherSum } from '../../../kernels/vector/index.ts';
import type { Beam } from '../beams/beam.ts';
import { bixelX, bixelY } from '../beams/bixels.ts';
import { type BeamModel, depthTable, kernelsAtSsd, primaryFluence } from '../machine/model.ts';
import { DEPTH_ROWS, DEPTH_STEP_MM, layOutMaps, type MapLayout } from './layout.ts';
import { type BandedMatrix, broadSpectra } from './maps.ts';

export interface DoseSetup {
  readonly model: BeamModel;
  readonly beams: readonly Beam[];
  /** Relative electron density on the CT grid. */
  readonly density: Volume;
  /** Where dose is wanted: x, y, z [mm, patient frame] and one unused float for each point. */
  readonly positions: Float32Array;
  /** Dose is the total over this many fractions, weights are MU per fraction. */
  readonly fractions: number;
}

/**
 * The linear map from bixel weights [MU per fraction] to dose [Gy, total], and its transpose, without a matrix.
 *
 * Forward: weights spread over each beam's rectangle of bixels; from there the narrow kernel by two banded matrices to
 * cubic B-spline coefficients on a fine map, and the broad kernels by FFT convolution to a coarse map; then every voxel
 * reads both maps where its ray meets the isocentre plane. Adjoint: the same steps, transposed, in reverse. All vectors
 * stay on the device.
 */
export class DoseOperator {
  readonly device: Device;
  readonly bixelCount: number;
  readonly voxelCount: number;
  /** First bixel of each beam, and one past the last of all: [beams + 1]. */
  readonly beamStarts: Uint32Array;
  readonly layout: MapLayout;
  readonly #buffers: DeviceBuffer[] = [];
  readonly #maps: Maps;
  readonly #setup: DoseSetup;

  private constructor(device: Device, setup: DoseSetup, layout: MapLayout, maps: Maps, owned: DeviceBuffer[]) {
    this.device = device;
    this.#setup = setup;
    this.layout = layout;
    this.#maps = maps;
    this.#buffers = owned;
    this.beamStarts = beamStartsOf(setup.beams);
    this.bixelCount = this.beamStarts[setup.beams.length];
    this.voxelCount = setup.positions.length / 4;
  }

  /** Traces all rays, lays out the maps and prepares every launch but those that name the caller's own vectors. */
  static async create(device: Device, setup: DoseSetup): Promise<DoseOperator> {
    const owned: DeviceBuffer[] = [];
    const keep = (buffer: DeviceBuffer): DeviceBuffer => {
      owned.push(buffer);
      return buffer;
    };
    const geometry = keep(await traceRays(device, setup));
    const layout = layOutMaps(setup.model, setup.beams, await largestExtent(device, setup, geometry));
    const maps = await prepareMaps(device, setup, layout, geometry, keep);
    return new DoseOperator(device, setup, layout, maps, owned);
  }

  /** Launches that compute dose = A weights; f32[bixelCount] MU per fraction -> f32[voxelCount] Gy. */
  prepareForward(weights: DeviceBuffer, dose: DeviceBuffer): readonly Launch[] {
    const m = this.#maps;
    return [
      prepareGatherScale(this.device, m.denseLength, {
        x: weights,
        index: m.denseIndex,
        scale: m.denseScale,
        out: m.dense,
      }),
      ...m.toMaps,
      preparePhotonDoseForward(this.device, m.shape, { ...m.read, fine: m.fine, coarse: m.coarse, dose }),
    ];
  }

  /** Launches that compute gradient = A' voxelGradient; f32[voxelCount] per Gy -> f32[bixelCount] per MU. */
  prepareAdjoint(voxelGradient: DeviceBuffer, gradient: DeviceBuffer): readonly Launch[] {
    const m = this.#maps;
    return [
      ...preparePhotonDoseAdjoint(
        this.device,
        { ...m.shape, parts: m.parts },
        { ...m.read, ...m.order, gradient: voxelGradient, fine: m.finePart, coarse: m.coarsePart },
      ),
      ...m.fromMaps,
      prepareGatherSum(this.device, this.bixelCount, {
        a: m.dense,
        b: m.denseBroad,
        indexA: m.bixelIndex,
        indexB: m.bixelIndex,
        scale: m.bixelScale,
        out: gradient,
      }),
    ];
  }

  /** x, y at the isocentre plane [mm], radiological depth [mm] and (SAD / z)^2 of each dose point, for one beam. */
  async readRays(beam: number): Promise<Float32Array> {
    const rays = new Float32Array(4 * this.voxelCount);
    await this.device.read(this.#maps.read.geometry, rays, 16 * this.voxelCount * beam);
    return rays;
  }

  get beams(): readonly Beam[] {
    return this.#setup.beams;
  }

  free(): void {
    for (const buffer of this.#buffers) this.device.free(buffer);
    this.#buffers.length = 0;
  }
}

interface Maps {
  readonly shape: Parameters<typeof preparePhotonDoseForward>[1];
  readonly parts: number;
  readonly read: { geometry: DeviceBuffer; beamTable: DeviceBuffer; depthTable: DeviceBuffer };
  readonly order: { order: DeviceBuffer; starts: DeviceBuffer };
  readonly denseLength: number;
  readonly dense: DeviceBuffer;
  readonly denseBroad: DeviceBuffer;
  readonly denseIndex: DeviceBuffer;
  readonly denseScale: DeviceBuffer;
  readonly bixelIndex: DeviceBuffer;
  readonly bixelScale: DeviceBuffer;
  readonly fine: DeviceBuffer;
  readonly coarse: DeviceBuffer;
  readonly finePart: DeviceBuffer;
  readonly coarsePart: DeviceBuffer;
  /** dense -> fine and coarse */
  readonly toMaps: readonly Launch[];
  /** finePart -> dense, coarsePart -> denseBroad */
  readonly fromMaps: readonly Launch[];
}

function beamStartsOf(beams: readonly Beam[]): Uint32Array {
  const starts = new Uint32Array(beams.length + 1);
  beams.forEach((beam, b) => {
    starts[b + 1] = starts[b] + beam.bixels.cells.length;
  });
  return starts;
}

async function traceRays(device: Device, setup: DoseSetup): Promise<DeviceBuffer> {
  const points = setup.positions.length / 4;
  const table = new Float32Array(setup.beams.length * DEPTH_BEAM_STRIDE);
  setup.beams.forEach((beam, b) => {
    const away = axisOf(beam.transform, 2).map((c) => -c);
    const x = axisOf(beam.transform, 0);
    const y = axisOf(beam.transform, 1);
    table.set([...beam.sourceMm, beam.sadMm, ...away, 0, ...x, 0, ...y, 0], b * DEPTH_BEAM_STRIDE);
  });
  const density = upload(device, setup.density.data, 'electron density');
  const positions = upload(device, setup.positions, 'dose positions');
  const beamTable = upload(device, table, 'beam positions');
  const geometry = device.allocate(16 * setup.beams.length * points, `ray geometry of ${setup.beams.length} beams`);
  const shape = { beams: setup.beams.length, points, grid: setup.density.grid };
  device.run(prepareRadiologicalDepth(device, shape, { density, positions, beamTable, geometry }));
  await device.finish();
  for (const buffer of [density, positions, beamTable]) device.free(buffer);
  return geometry;
}

/** Largest distance along x or y from a dose point to an open bixel of the same beam, at the isocentre plane [mm]. */
async function largestExtent(device: Device, setup: DoseSetup, geometry: DeviceBuffer): Promise<number> {
  const points = setup.positions.length / 4;
  const rays = new Float32Array(4 * points);
  let extent = 0;
  for (let b = 0; b < setup.beams.length; b++) {
    await device.read(geometry, rays, 16 * points * b);
    const { firstXMm, firstYMm, columns, rows, sizeMm } = setup.beams[b].bixels;
    const bounds = [firstXMm - sizeMm / 2, firstYMm - sizeMm / 2];
    const ends = [bounds[0] + columns * sizeMm, bounds[1] + rows * sizeMm];
    for (let axis = 0; axis < 2; axis++) {
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (let i = axis; i < rays.length; i += 4) {
        const value = rays[i];
        if (value < least) least = value;
        if (value > most) most = value;
      }
      extent = Math.max(extent, most - bounds[axis], ends[axis] - least);
    }
  }
  return extent;
}

async function prepareMaps(
  device: Device,
  setup: DoseSetup,
  layout: MapLayout,
  geometry: DeviceBuffer,
  keep: (buffer: DeviceBuffer) => DeviceBuffer,
): Promise<Maps> {
  const beams = setup.beams.length;
  const floats = (count: number, label: string): DeviceBuffer =>
    keep(device.allocate(16 * Math.ceil(count / 4), label));
  const constant = (data: ArrayBufferView, label: string): DeviceBuffer => keep(upload(device, data, label));
  const { coarseSize: size, fineRows, fineStride } = layout;
  const shape = {
    beams,
    voxels: setup.positions.length / 4,
    fineStride,
    fineRows,
    finePitchMm: layout.finePitchMm,
    coarseSize: size,
    coarsePitchMm: layout.coarsePitchMm,
    depthRows: DEPTH_ROWS,
    depthStepMm: DEPTH_STEP_MM,
  };
  const parts = adjointParts(beams, device.kind);
  const denseLength = beams * layout.bixelRows * layout.denseStride;
  const dense = floats(denseLength, 'bixel rectangles');
  const denseBroad = floats(denseLength, 'bixel rectangles (broad)');
  const raster = floats(beams * size * size, 'coarse fluence');
  const fine = floats(beams * fineRows * fineStride, 'fine maps');
  const coarse = floats(beams * size * size * 4, 'coarse maps');
  const finePart = floats(beams * parts * fineRows * fineStride, 'fine maps of the adjoint');
  const coarsePart = floats(beams * parts * size * size * 4, 'coarse maps of the adjoint');
  const tables = beamTables(setup, layout);

  const separable = (
    shapes: SeparableMapShape,
    m: BandedMatrix,
    input: DeviceBuffer,
    output: DeviceBuffer,
  ): readonly Launch[] =>
    prepareSeparableMap(device, shapes, {
      input,
      output,
      starts: constant(m.starts, 'band starts'),
      weights: constant(m.weights, 'band weights'),
      scratch: floats(separableMapScratchBytes(shapes) / 4, 'map scratch'),
    });
  const denseShape = { rowsIn: layout.bixelRows, strideIn: layout.denseStride };
  const denseTarget = { rowsOut: layout.bixelRows, colsOut: layout.bixelColumns, strideOut: layout.denseStride };
  const band = (m: BandedMatrix) => ({ beams, band: m.band, shapes: m.shapes, matrixRows: m.rows });

  const fft = { beams, size, filledRows: layout.filledRows, filledCols: layout.filledCols };
  const fftBuffers = {
    spectra: constant(tables.spectra, 'kernel spectra'),
    tables: constant(fftTables(size), 'FFT tables'),
    scratch: floats(fftScratchBytes(fft) / 4, 'FFT scratch'),
  };
  const fineTarget = { rowsOut: fineRows, colsOut: Math.min(fineStride, layout.fine.rows), strideOut: fineStride };
  const toMaps = [
    ...separable({ ...band(layout.fine), ...denseShape, ...fineTarget, parts: 1 }, layout.fine, dense, fine),
    ...separable(
      { ...band(layout.raster), ...denseShape, rowsOut: size, colsOut: size, strideOut: size, parts: 1 },
      layout.raster,
      dense,
      raster,
    ),
    ...prepareFftConvolve(device, fft, { ...fftBuffers, input: raster, output: coarse }),
  ];
  const fromMaps = [
    ...separable(
      { ...band(layout.fineTransposed), rowsIn: fineRows, strideIn: fineStride, ...denseTarget, parts },
      layout.fineTransposed,
      finePart,
      dense,
    ),
    ...prepareFftConvolveAdjoint(device, { ...fft, parts }, { ...fftBuffers, input: coarsePart, output: raster }),
    ...separable(
      { ...band(layout.rasterTransposed), rowsIn: size, strideIn: size, ...denseTarget, parts: 1 },
      layout.rasterTransposed,
      raster,
      denseBroad,
    ),
  ];
  const read = {
    geometry,
    beamTable: constant(tables.beamTable, 'beam table'),
    depthTable: constant(tables.depth, 'depth components'),
  };
  const order = await createVoxelOrder(device, shape, geometry, read.beamTable);
  keep(order.order);
  keep(order.starts);
  return {
    shape,
    parts,
    read,
    order,
    denseLength,
    dense,
    denseBroad,
    denseIndex: constant(tables.denseIndex, 'bixel of each cell'),
    denseScale: constant(tables.denseScale, 'fluence of each cell'),
    bixelIndex: constant(tables.bixelIndex, 'cell of each bixel'),
    bixelScale: constant(tables.bixelScale, 'fluence of each bixel'),
    fine,
    coarse,
    finePart,
    coarsePart,
    toMaps,
    fromMaps,
  };
}

/** The constant tables of all beams, on the host. */
function beamTables(setup: DoseSetup, layout: MapLayout) {
  const beams = setup.beams.length;
  const starts = beamStartsOf(setup.beams);
  const denseSize = layout.bixelRows * layout.denseStride;
  const denseIndex = new Uint32Array(beams * denseSize).fill(NO_INDEX);
  const denseScale = new Float32Array(beams * denseSize);
  const bixelIndex = new Uint32Array(starts[beams]);
  const bixelScale = new Float32Array(starts[beams]);
  const spectra = new Float32Array(beams * spectrumLength(layout.coarseSize));
  const beamTable = new Float32Array(beams * BEAM_TABLE_STRIDE);
  setup.beams.forEach((beam, b) => {
    const { bixels } = beam;
    const { narrow, broad } = kernelsAtSsd(setup.model, beam.ssdMm);
    for (let i = 0; i < bixels.cells.length; i++) {
      const row = Math.floor(bixels.cells[i] / bixels.columns);
      const cell = b * denseSize + row * layout.denseStride + (bixels.cells[i] % bixels.columns);
      const fluence = primaryFluence(setup.model, Math.hypot(bixelX(bixels, i), bixelY(bixels, i)));
      denseIndex[cell] = starts[b] + i;
      denseScale[cell] = fluence;
      bixelIndex[starts[b] + i] = cell;
      bixelScale[starts[b] + i] = fluence;
    }
    const length = spectrumLength(layout.coarseSize);
    const spectrum = spectra.subarray(b * length, (b + 1) * length);
    broadSpectra(spectrum, layout.coarseSize, layout.coarsePitchMm, setup.model.broadSigmasMm, broad);
    const edgeX = bixels.firstXMm - bixels.sizeMm / 2;
    const edgeY = bixels.firstYMm - bixels.sizeMm / 2;
    const { fineMarginMm, coarsePitchMm } = layout;
    const origins = [edgeX - fineMarginMm, edgeY - fineMarginMm, edgeX + coarsePitchMm / 2, edgeY + coarsePitchMm / 2];
    beamTable.set([...origins, ...narrow], b * BEAM_TABLE_STRIDE);
  });
  const depth = depthTable(setup.model, DEPTH_STEP_MM, DEPTH_ROWS).map((value) => value * setup.fractions);
  return { denseIndex, denseScale, bixelIndex, bixelScale, spectra, beamTable, depth };
}
