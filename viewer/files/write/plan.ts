import { sha256 } from '../../../engine/core/sha256.ts';
import { defaultHlut } from '../../../engine/formats/hlut.ts';
import { machineJson, protocolJson } from '../../../planners/generated/data.ts';
import { evaluateDose } from '../../../planners/radiation/evaluation/evaluate.ts';
import { builtinMachine } from '../../../planners/radiation/machine/registry.ts';
import type { Plan } from '../../../planners/radiation/planning/plan.ts';
import type { Objective } from '../../../planners/radiation/protocol/objectives.ts';
import { type PlanOutput, planFiles } from '../../../planners/radiation/report/plan-files.ts';
import { planReport } from '../../../planners/radiation/report/plan-report.ts';
import { MACHINE } from '../../engine/machine.ts';
import type { PatientView, PlanOutcome, PlanSetup, PreparedView } from '../../engine/messages.ts';
import { patientOf } from '../../engine/patient-view.ts';

/** A plan at rest, as the page holds it. */
export interface PlanAtRest {
  readonly patient: PatientView;
  readonly setup: PlanSetup;
  readonly prepared: PreparedView;
  readonly objectives: readonly Objective[];
  /** [MU per fraction], those of the dose of the view. */
  readonly weights: Float32Array;
  readonly outcome: PlanOutcome;
}

/** What writes: the version of the program, and the browser. */
export interface Writer {
  readonly version: string;
  readonly browser: string;
  readonly platform: string;
}

/** Everything that `isocenter plan --out` writes of a plan. */
export function filesOfPlan(rest: PlanAtRest, writer: Writer): PlanOutput[] {
  const { patient: view, setup, prepared, objectives } = rest;
  const plan = planOf(rest);
  const { origin, protocol, warnings, source } = view;
  const { device } = prepared;
  const machine = builtinMachine(MACHINE);
  const machineInput = { role: 'machine', name: MACHINE, sha256: hashOf(machineJson[MACHINE]) };
  const hlutInput = { role: 'hlut', name: defaultHlut.name, sha256: null };
  const protocolInputs = origin.protocolInput === undefined ? [] : [origin.protocolInput];
  const settings = {
    patient: source.kind === 'phantom' ? `phantom:${source.path}` : source.path,
    ...(origin.choice === undefined ? {} : { choice: origin.choice }),
    protocol: origin.protocolInput?.name ?? protocol.name,
    machine: MACHINE,
    angles: setup.angles,
    bixelMm: setup.bixelMm,
    objectives,
  };
  const report = planReport({
    plan,
    device,
    machine,
    matches: origin.matches,
    warnings,
    readMs: origin.readMs,
    peakRssMb: null,
    provenance: {
      program: 'isocenter',
      ...writer,
      date: new Date().toISOString(),
      settings,
      device,
      inputs: [...origin.inputs, ...protocolInputs, machineInput, hlutInput],
    },
  });
  const files = planFiles({ plan, patient: asRead(view), study: origin.dicom, report });
  const isBuiltin = Object.hasOwn(protocolJson, origin.protocolInput?.name ?? '');
  // What cannot be named on a command line goes along.
  const own = isBuiltin ? [] : [{ name: 'protocol.json', content: `${JSON.stringify(protocol, undefined, 2)}\n` }];
  return [...files, ...own];
}

/** Total dose [Gy] on the patient's grid. */
export function doseVolume({ grid, dose }: PatientView) {
  return { grid, data: Float32Array.from(dose, (gy) => Math.max(0, gy)), unit: 'Gy' };
}

function planOf({ patient: view, prepared, objectives, weights, outcome }: PlanAtRest): Plan {
  const patient = patientOf(view);
  const protocol = { ...view.protocol, objectives: [...objectives] };
  const dose = Float32Array.from(view.doseVoxels, (voxel) => view.dose[voxel]);
  const startedMs = performance.now();
  const evaluation = evaluateDose({ patient, protocol, dose: { voxels: view.doseVoxels, gy: dose } });
  const evaluate = performance.now() - startedMs;
  const { optimizeMs, ...result } = outcome;
  return {
    patient,
    protocol,
    notes: prepared.notes,
    beams: prepared.beams,
    fluence: { ...result, trace: [], weights, dose },
    evaluation,
    timeMs: { geometry: prepared.ms, optimize: optimizeMs, evaluate },
  };
}

/** The patient with the names that its own files give. */
function asRead(view: PatientView) {
  const patient = patientOf(view);
  const theirs = new Map(view.origin.matches.map(({ protocolName, patientName }) => [protocolName, patientName]));
  const { grid, structures } = patient.structureSet;
  const named = structures.map(({ name, voxels }) => ({ name: theirs.get(name) ?? name, voxels }));
  return { ...patient, structureSet: { grid, structures: named } };
}

function hashOf(text: string): string {
  return sha256(new TextEncoder().encode(text));
}
