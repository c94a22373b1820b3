import { openDevice } from '../../kernels/device.ts';
import { evaluateDose } from '../../planners/radiation/evaluation/evaluate.ts';
import { gammaIndex } from '../../planners/radiation/evaluation/gamma.ts';
import { dvhCurves } from '../engine/dose-report.ts';
import { faultOf } from '../engine/fault.ts';
import { patientOf } from '../engine/patient-view.ts';
import type { CompareAnswer, CompareRequest, Judgement } from './messages.ts';

type GammaRequest = Extract<CompareRequest, { kind: 'gamma' }>;
type JudgeRequest = Extract<CompareRequest, { kind: 'judge' }>;

const running = new Map<number, AbortController>();
const say = (answer: CompareAnswer): void => postMessage(answer);

function judge({ patient, gy }: JudgeRequest): Judgement {
  const maxGy = gy.reduce((most, value) => Math.max(most, value), 0);
  const { stepGy, curves } = dvhCurves({ ...patient, dose: gy }, maxGy);
  const { goals } = evaluateDose({ patient: patientOf(patient), protocol: patient.protocol, dose: gy });
  return { maxGy, dvhStepGy: stepGy, dvh: curves, goals };
}

/** On a device of its own, given back afterwards: the planner keeps its. */
async function gamma({ id, grid, reference, evaluated, criteria }: GammaRequest): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  const device = await openDevice();
  const volume = (data: Float32Array) => ({ grid, data, unit: 'Gy' });
  try {
    const result = await gammaIndex(device, volume(reference), volume(evaluated), criteria, {
      signal: stop.signal,
      onProgress: async (share) => {
        say({ kind: 'progress', id, share });
        // Messages, a cancel among them, are heard between two parts.
        await new Promise((resolve) => setTimeout(resolve));
      },
    });
    say({ kind: 'gamma', id, result });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say({ kind: 'cancelled', id });
  } finally {
    running.delete(id);
    await device.close();
  }
}

addEventListener('message', async ({ data }: MessageEvent<CompareRequest>) => {
  try {
    if (data.kind === 'cancel') running.get(data.id)?.abort();
    else if (data.kind === 'judge') say({ kind: 'judged', id: data.id, judgement: judge(data) });
    else await gamma(data);
  } catch (error) {
    say({ kind: 'fault', id: data.id, fault: faultOf(error) });
  }
});
