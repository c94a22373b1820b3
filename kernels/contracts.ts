import type { KernelContract } from './contract.ts';
import { distanceTransform } from './distance-transform/contract.ts';
import { doseHistogram } from './dose-histogram/contract.ts';
import { doseObjective } from './dose-objective/contract.ts';
import { fftConvolution, fftConvolutionAdjoint } from './fft-convolution/contract.ts';
import { gamma } from './gamma/contract.ts';
import { inverseKinematics } from './inverse-kinematics/contract.ts';
import { photonDoseAdjoint } from './photon-dose-adjoint/contract.ts';
import { photonDoseForward } from './photon-dose-forward/contract.ts';
import { radiologicalDepth } from './radiological-depth/contract.ts';
import { rankSelect } from './rank-select/contract.ts';
import { separableMap } from './separable-map/contract.ts';
import { trajectoryCost } from './trajectory-cost/contract.ts';
import { trajectoryStep } from './trajectory-step/contract.ts';
import { tremorBank } from './tremor-bank/contract.ts';
import {
  acceptStep,
  combineRows,
  freeGram,
  gatherScale,
  gatherSum,
  projectedStep,
  stepDots,
} from './vector/contract.ts';

/** Every kernel's contract: tests, benchmarks and the table of what runs where are derived from this list. */
export const contracts: readonly KernelContract<unknown>[] = [
  gatherScale,
  gatherSum,
  projectedStep,
  acceptStep,
  freeGram,
  combineRows,
  stepDots,
  separableMap,
  fftConvolution,
  fftConvolutionAdjoint,
  photonDoseForward,
  photonDoseAdjoint,
  radiologicalDepth,
  doseObjective,
  rankSelect,
  doseHistogram,
  gamma,
  inverseKinematics,
  distanceTransform,
  trajectoryCost,
  trajectoryStep,
  tremorBank,
];
