import type { Device } from '../../../engine/compute/device.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { structureOf } from '../collision/voxel-region.ts';
import { askArm } from './arm.ts';
import { type Guard, guardOf } from './clearance.ts';
import { type Candidate, candidateVoxels, judge, pointAlong } from './judge.ts';
import { type EntryRefusals, Refusals } from './refusals.ts';
import { type EntryRequest, type EntrySettings, entrySettings } from './request.ts';
import { compareCosts, type EntryTerms, totalCost } from './score.ts';
import { bodyOf } from './skin.ts';
import { requireTargetClear, targetPoint } from './target.ts';
import { segmentDistance } from './voxel-tree.ts';

/** An entry and the figures behind its rank; lengths in mm, patient frame. */
export interface RankedEntry {
  /** Skin voxel that it was tried for. */
  readonly voxel: number;
  /** Where the shaft enters the body. */
  readonly entryMm: Vec3;
  /** Unit vector along the shaft, into the patient. */
  readonly direction: Vec3;
  /** From skin to target. */
  readonly pathMm: number;
  /** Of it within the body. */
  readonly tissueMm: number;
  /** Between the path and the skin's normal. */
  readonly angleDeg: number;
  /** Least distance of the path from each structure, in the order of the request. */
  readonly clearances: readonly {
    readonly structure: string;
    readonly marginMm: number;
    readonly clearanceMm: number;
  }[];
  /** What the arm said, where there is one. */
  readonly dexterity?: number;
  readonly terms: EntryTerms;
  /** Sum of the terms [mm of tissue]; lower is better. */
  readonly cost: number;
}

export interface EntryPlan {
  readonly targetMm: Vec3;
  /** Best first; of equal cost the lower voxel number first. */
  readonly ranked: readonly RankedEntry[];
  /** Entries that were tried. */
  readonly candidates: number;
  /** Of these, how many keep all limits of the patient. */
  readonly accepted: number;
  /** Of these, how many the arm was asked about: best first, until the ranked list could not change any more. */
  readonly armChecked: number;
  /** Largest count first. */
  readonly refused: readonly EntryRefusals[];
}

/**
 * The least invasive way in: straight paths from the skin to a target, judged by hard limits and ranked by one cost.
 *
 * Entries are tried at skin voxels, one in each cube of `candidateSpacingMm`; a path runs along the line from the target
 * through the voxel's centre, and enters where this line leaves the body. Clearances are exact distances to the cells of the
 * structures' voxels: distance fields clear most paths at once, a tree of cells answers for the rest.
 *
 * @throws IsocenterError for values outside their limits, unknown structures, a target outside the body or closer to an
 * avoided structure than its margin, and a region without skin
 */
export async function planEntry(device: Device, request: EntryRequest): Promise<EntryPlan> {
  const settings = entrySettings(request);
  const { patient } = request;
  const { grid } = patient.structureSet;
  const bodyVoxels = request.body === undefined ? patient.doseVoxels : structureOf(patient, request.body).voxels;
  const body = bodyOf(grid, bodyVoxels);
  const target = targetPoint(request, body);
  const guards: Guard[] = [];
  for (const structure of request.avoid) guards.push(await guardOf(device, patient, structure, settings.comfortMm));
  requireTargetClear(target, guards);
  const voxels = candidateVoxels(request, body, settings);
  const refusals = new Refusals();
  const accepted = judge(body, voxels, target, guards, request, settings, refusals);
  const { best, armChecked } = await choose(accepted, target, request, settings, refusals);
  return {
    targetMm: target,
    ranked: best.map(({ candidate, dexterity, terms, cost }) => {
      const { voxel, shaft, pathMm, tissueMm, angleDeg } = candidate;
      const entryMm = pointAlong(target, shaft, pathMm);
      return {
        voxel,
        entryMm,
        direction: [-shaft[0], -shaft[1], -shaft[2]],
        pathMm,
        tissueMm,
        angleDeg,
        clearances: guards.map(({ structure, tree }, g) => ({
          structure: structure.name,
          marginMm: structure.marginMm,
          clearanceMm: Number.isFinite(candidate.clearancesMm[g])
            ? candidate.clearancesMm[g]
            : segmentDistance(tree, target, entryMm),
        })),
        ...(dexterity === undefined ? {} : { dexterity }),
        terms,
        cost,
      };
    }),
    candidates: voxels.length,
    accepted: accepted.length,
    armChecked,
    refused: refusals.list(),
  };
}

interface Choice {
  readonly candidate: Candidate;
  readonly dexterity: number | undefined;
  readonly terms: EntryTerms;
  readonly cost: number;
}

/**
 * The best `count`. An arm is asked in the order of the cost without it, which it can only raise, until no one left can
 * come before the last of the list.
 */
async function choose(
  accepted: Candidate[],
  target: Vec3,
  { arm }: EntryRequest,
  { count, weights }: EntrySettings,
  refusals: Refusals,
): Promise<{ best: Choice[]; armChecked: number }> {
  accepted.sort((a, b) => compareCosts(a.cost, b.cost) || a.voxel - b.voxel);
  const best: Choice[] = [];
  let armChecked = 0;
  for (const candidate of accepted) {
    if (best.length >= count && (arm === undefined || compareCosts(candidate.cost, best[count - 1].cost) > 0)) break;
    if (arm === undefined) {
      best.push({ candidate, dexterity: undefined, terms: candidate.terms, cost: candidate.cost });
      continue;
    }
    const { shaft, pathMm } = candidate;
    const verdict = await askArm(arm, {
      entryMm: pointAlong(target, shaft, pathMm),
      direction: [-shaft[0], -shaft[1], -shaft[2]],
      pathMm,
    });
    armChecked++;
    if (!verdict.ok) {
      refusals.add('arm', { reason: verdict.reason ?? 'no reason given' });
      continue;
    }
    const terms = { ...candidate.terms, dexterity: weights.dexterityMm * (1 - verdict.dexterity) };
    best.push({ candidate, dexterity: verdict.dexterity, terms, cost: totalCost(terms) });
    best.sort((a, b) => compareCosts(a.cost, b.cost) || a.candidate.voxel - b.candidate.voxel);
  }
  return { best: best.slice(0, count), armChecked };
}
