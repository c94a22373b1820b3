import { inputError } from '../../engine/core/errors.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { contextOf } from '../../engine/formats/dicom/objects.ts';
import { openDevice } from '../../kernels/device.ts';
import { type Plan, type PlanRequest, planPatient } from '../../planners/radiation/planning/plan.ts';
import { planFiles } from '../../planners/radiation/report/plan-files.ts';
import { type PlanReport, planReport } from '../../planners/radiation/report/plan-report.ts';
import { loadHlut } from '../inputs/hlut.ts';
import { loadMachine } from '../inputs/machine.ts';
import { type LoadedPatient, loadPatient } from '../inputs/patient.ts';
import { loadProtocol } from '../inputs/protocol.ts';
import { matchStructures } from '../inputs/structures.ts';
import { OutputFiles } from '../output/files.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';
import { version } from '../version.ts';
import { peakRssMb } from './memory.ts';
import type { PlanSettings } from './settings.ts';

/**
 * From settings to a plan, written to `settings.out` where that is given.
 *
 * @throws IsocenterError for bad input, and the reason of `session.signal` once it is aborted; no file is left then
 */
export async function runPlan(settings: PlanSettings, session: Session): Promise<PlanReport> {
  const output =
    settings.out === undefined
      ? undefined
      : OutputFiles.open(settings.out, ['plan.json', 'dose.csv', 'report.html'], 'out');
  try {
    const { plan, report, loaded } = await makePlan(settings, session);
    await checkpoint(session.signal);
    session.progress.show('writing', true);
    if (output === undefined) return report();
    const finished = report();
    const { patient, dicom } = loaded;
    const study = dicom === undefined ? undefined : contextOf(dicom, version());
    const files = planFiles({ plan, patient, study, report: finished });
    output.reserve(files.map(({ name }) => name).filter((name) => name.startsWith('dicom/')));
    for (const { name, content } of files) output.write(name, content);
    output.commit();
    return finished;
  } finally {
    output?.discard();
    session.progress.clear();
  }
}

/** The plan itself, and what to tell of it; nothing is written. */
export async function makePlan(
  settings: PlanSettings,
  session: Session,
): Promise<{ plan: Plan; report: () => PlanReport; loaded: LoadedPatient }> {
  const { signal, progress } = session;
  const startedAt = performance.now();
  progress.show('reading', true);
  const opening = openDevice({ prefer: settings.device });
  try {
    const loaded = await loadPatient(settings.patient, session, settings.choice);
    const [{ protocol, input: protocolInput }, { model, input: machineInput }, { hlut, input: hlutInput }] =
      await Promise.all([
        loadProtocol(settings.protocol, loaded),
        loadMachine(settings.machine),
        loadHlut(settings.hlut),
      ]);
    const { patient, matches, inputs: aliasInputs } = await matchStructures(loaded, protocol, settings.aliases);
    checkIsocenter(settings, patient);
    const device = await opening;
    await checkpoint(signal);
    const readMs = performance.now() - startedAt;
    const { isocenterMm, doseGridMm, maxIterations, bixelMm, angles } = settings;
    const request: PlanRequest = {
      patient,
      protocol,
      model,
      hlut,
      angles,
      bixelMm,
      ...(isocenterMm === undefined ? {} : { isocenterMm }),
      ...(doseGridMm === undefined ? {} : { doseGridMm }),
      beamDoses: settings.beamDoses === true && settings.out !== undefined,
      ...(maxIterations === undefined ? {} : { optimizer: { maxIterations } }),
    };
    const plan = await planPatient(device, request, {
      signal,
      onPhase: (phase) => progress.show(phase, true),
      onIteration: ({ iteration, value }) =>
        progress.show(`optimize  iteration ${iteration}  objective ${value.toPrecision(6)}`),
    });
    signal.throwIfAborted();
    const about = { kind: device.kind, name: device.name, threads: device.threads };
    const report = (): PlanReport =>
      planReport({
        plan,
        device: about,
        machine: model,
        matches,
        warnings: [...loaded.patient.warnings, ...couchWarning(settings, loaded)],
        readMs,
        peakRssMb: peakRssMb(),
        provenance: provenance({
          settings,
          device: about,
          inputs: [...loaded.inputs, protocolInput, machineInput, hlutInput, ...aliasInputs],
        }),
      });
    return { plan, report, loaded };
  } finally {
    await opening.then(
      (device) => device.close(),
      () => {},
    );
  }
}

function checkIsocenter({ isocenterMm }: PlanSettings, { ct }: Patient): void {
  if (isocenterMm === undefined) return;
  const { originMm, spacingMm, size } = ct.grid;
  for (const [axis, name] of ['x', 'y', 'z'].entries()) {
    const least = originMm[axis] - spacingMm[axis] / 2;
    const most = least + size[axis] * spacingMm[axis];
    if (isocenterMm[axis] >= least && isocenterMm[axis] <= most) continue;
    throw inputError(
      'plan/isocenter-outside',
      `the isocentre's ${name} = ${isocenterMm[axis]} mm is outside the CT, ${least.toFixed(1)} to ${most.toFixed(1)} mm`,
      'give --isocenter x,y,z in mm in the patient frame, or leave it out for the centroid of the targets',
    );
  }
}

function couchWarning({ angles }: PlanSettings, { kind }: LoadedPatient): string[] {
  const turned = angles.some(({ couchDeg }) => couchDeg % 360 !== 0);
  if (kind !== 'openkbp' || !turned) return [];
  return ['The couch is turned: rays may enter through slices that an OpenKBP CT does not have; these count as air.'];
}
