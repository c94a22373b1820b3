import { inputError } from '../../../engine/core/errors.ts';
import { type Vec3, voxelCentreMm } from '../../../engine/core/grid.ts';
import { structureOf } from '../collision/voxel-region.ts';
import { clearanceMm, type Guard } from './clearance.ts';
import type { Refusals } from './refusals.ts';
import { type EntryRequest, type EntrySettings, LIMIT_ROUNDING } from './request.ts';
import { type EntryTerms, pathTerms, totalCost } from './score.ts';
import { followShaft, type Shaft } from './shaft.ts';
import { type Body, skinNormals, skinVoxels, thinOut } from './skin.ts';

/** An entry that keeps all limits of the patient. */
export interface Candidate {
  readonly voxel: number;
  readonly shaft: Vec3;
  readonly pathMm: number;
  readonly tissueMm: number;
  readonly angleDeg: number;
  /** Infinite where it is so large that it costs nothing. */
  readonly clearancesMm: readonly number[];
  readonly terms: EntryTerms;
  readonly cost: number;
}

/** Skin voxels at which entries are tried. @throws IsocenterError `entry/no-skin` */
export function candidateVoxels(request: EntryRequest, body: Body, settings: EntrySettings): Uint32Array {
  let skin = skinVoxels(body);
  if (request.region !== undefined) {
    const region = new Set(structureOf(request.patient, request.region).voxels);
    skin = skin.filter((voxel) => region.has(voxel));
  }
  if (skin.length === 0) {
    throw inputError(
      'entry/no-skin',
      `${request.region === undefined ? 'the body' : `structure ${request.region}`} of patient ${request.patient.id} has no voxel at the skin`,
      'choose a region that reaches the skin, or a body with air around it',
    );
  }
  return thinOut(body.grid, skin, settings.candidateSpacingMm);
}

export function pointAlong(from: Vec3, direction: Vec3, lengthMm: number): Vec3 {
  return [from[0] + lengthMm * direction[0], from[1] + lengthMm * direction[1], from[2] + lengthMm * direction[2]];
}

/** The candidates that keep all limits of the patient. */
export function judge(
  body: Body,
  voxels: Uint32Array,
  target: Vec3,
  guards: readonly Guard[],
  request: EntryRequest,
  settings: EntrySettings,
  refusals: Refusals,
): Candidate[] {
  const normals = skinNormals(body, voxels, settings.normalRadiusMm);
  const accepted: Candidate[] = [];
  const centre = [0, 0, 0];
  const path: Shaft = { skinMm: 0, tissueMm: 0, blocked: false };
  for (const [n, voxel] of voxels.entries()) {
    voxelCentreMm(body.grid, voxel, centre);
    const normal: Vec3 = [normals[3 * n], normals[3 * n + 1], normals[3 * n + 2]];
    const away: Vec3 = [centre[0] - target[0], centre[1] - target[1], centre[2] - target[2]];
    const distance = Math.hypot(...away);
    // A target at the very centre of a skin voxel is reached along the normal.
    const shaft: Vec3 = distance > 1e-6 ? [away[0] / distance, away[1] / distance, away[2] / distance] : normal;
    if (
      request.cone !== undefined &&
      angleDegBetween(shaft, request.cone.axis) > request.cone.halfAngleDeg + LIMIT_ROUNDING
    ) {
      refusals.add('outside-cone');
      continue;
    }
    const angleDeg = angleDegBetween(shaft, normal);
    if (!(angleDeg <= settings.maxAngleDeg + LIMIT_ROUNDING)) {
      refusals.add('too-oblique');
      continue;
    }
    followShaft(body, target, shaft, distance, settings.toolLengthMm, path);
    const tooLong = path.skinMm > settings.toolLengthMm + LIMIT_ROUNDING;
    if (tooLong || path.blocked) {
      refusals.add(path.skinMm === Number.POSITIVE_INFINITY ? 'image-end' : tooLong ? 'too-long' : 'blocked');
      continue;
    }
    const entry = pointAlong(target, shaft, path.skinMm);
    const clearancesMm: number[] = [];
    const tooClose = guards.find((guard) => {
      const { marginMm } = guard.structure;
      const clearance = clearanceMm(guard, target, entry, marginMm + settings.comfortMm);
      clearancesMm.push(clearance);
      return clearance < marginMm - LIMIT_ROUNDING;
    });
    if (tooClose !== undefined) {
      refusals.add('too-close', { structure: tooClose.structure.name });
      continue;
    }
    const { skinMm: pathMm, tissueMm } = path;
    const terms = pathTerms(settings, guards, { tissueMm, angleDeg, clearancesMm });
    accepted.push({ voxel, shaft, pathMm, tissueMm, angleDeg, clearancesMm, terms, cost: totalCost(terms) });
  }
  return accepted;
}

/** 90 where either has no direction: a skin voxel that stands alone has no normal. */
function angleDegBetween(a: Vec3, b: Vec3): number {
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return cross === 0 && dot === 0 ? 90 : (Math.atan2(cross, dot) * 180) / Math.PI;
}
