import { createHash } from 'node:crypto';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { IsocenterError } from '../../engine/core/errors.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import { evaluateDose } from '../../planners/radiation/evaluation/evaluate.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { dvhCurves } from '../../viewer/engine/dose-report.ts';
import { viewOf } from '../../viewer/engine/patient-view.ts';
import { builtinMatch } from '../../viewer/files/protocol.ts';
import { MANIFEST } from '../../viewer/files/session/container.ts';
import type { SessionContent } from '../../viewer/files/session/content.ts';
import { readSession } from '../../viewer/files/session/read.ts';
import { writeSession } from '../../viewer/files/session/write.ts';
import { smoothDose } from '../engine/formats/dicom/rt-fixture.ts';
import { failsLater } from '../support/errors.ts';

const digest = async (bytes: Uint8Array): Promise<string> => createHash('sha256').update(bytes).digest('hex');

function session(): SessionContent {
  const { patient, protocol, matches, notes, input } = builtinMatch(
    'tg119-cshape',
    buildPhantom('tg119-cshape', { voxelMm: 15 }),
  );
  const dose = smoothDose(patient);
  const view = viewOf({
    patient,
    protocol,
    notes,
    referenceDoses: [{ name: 'clinical', gy: dose.data }],
    origin: { inputs: [], protocolInput: input, matches, readMs: 1 },
  });
  view.dose.set(dose.data);
  const mostGy = dose.data.reduce((most, gy) => Math.max(most, gy), 0);
  const { stepGy, curves } = dvhCurves(view, mostGy);
  const { goals } = evaluateDose({ patient, protocol, dose: view.dose });
  const report = {
    iteration: 12,
    objective: 3.5,
    afterMs: 700,
    maxGy: mostGy,
    dvhStepGy: stepGy,
    dvh: curves,
    weights: Float32Array.from({ length: 40 }, (_, n) => n / 7),
  };
  const outcome = {
    iteration: 12,
    value: 3.5,
    evaluations: 14,
    stop: 'converged' as const,
    projectedGradientNorm: 1e-3,
    initialProjectedGradientNorm: 10,
    optimizeMs: 700,
  };
  return {
    patient: view,
    setup: { angles: equispacedAngles(5), bixelMm: 7 },
    objectives: protocol.objectives.slice(0, 3),
    plan: { report, goals, outcome },
    namedPlans: [{ name: 'first', objectives: protocol.objectives, report, goals, gy: Float32Array.from(view.dose) }],
    display: {
      crosshairMm: [1, 2, 3],
      window: { centre: 40, width: 400 },
      hidden: ['Core'],
      isodose: { unit: 'Gy', levels: [{ value: 50 }, { value: 20, color: [1, 2, 3] }] },
      dose: { opacity: 0.5, showsWash: true, showsLines: false, cutoffPercent: 5, mostPercent: 110 },
    },
  };
}

let kept: SessionContent;
let file: Uint8Array;
beforeAll(async () => {
  kept = session();
  file = await writeSession(kept, '1.2.3', digest);
});

/** The same file with a manifest that was changed by who knows how hashes are made. */
async function forged(change: (manifest: Record<string, never>) => void): Promise<Uint8Array> {
  const entries = unzipSync(file);
  const manifest = JSON.parse(new TextDecoder().decode(entries[MANIFEST]));
  change(manifest);
  const text = strToU8(JSON.stringify(manifest));
  return zipSync({ ...entries, [MANIFEST]: text, 'isocenter-session.sha256': strToU8(await digest(text)) });
}

describe('a session', () => {
  it('is read as it was saved: doses, weights and voxels to the bit', async () => {
    const found = await readSession('a.isocenter', file, digest);
    expect(found.patient.hu).toEqual(kept.patient.hu);
    expect(found.patient.dose).toEqual(kept.patient.dose);
    expect(found.patient.doseVoxels).toEqual(kept.patient.doseVoxels);
    expect(found.patient.structures).toEqual(kept.patient.structures);
    expect(found.patient.referenceDoses).toEqual(kept.patient.referenceDoses);
    expect(found.patient.grid).toEqual(kept.patient.grid);
    expect(found.patient.protocol).toEqual(kept.patient.protocol);
    expect(found.patient.origin).toEqual(kept.patient.origin);
    expect(found.setup).toEqual(kept.setup);
    expect(found.objectives).toEqual(kept.objectives);
    expect(found.display).toEqual(kept.display);
    expect(found.plan).toEqual(kept.plan);
    expect(found.namedPlans).toEqual(kept.namedPlans);
  });

  it('that would not be read again is not saved, and says why', async () => {
    const save = (change: Partial<SessionContent>) => () => writeSession({ ...kept, ...change }, '1.2.3', digest);
    const [plan] = kept.namedPlans;
    const plans = (count: number) => Array.from({ length: count }, (_, n) => ({ ...plan, name: `plan ${n}` }));
    await failsLater(
      save({ namedPlans: plans(201) }),
      'session/not-saved',
      'the session has 201 kept plans; 200 are saved at most',
    );
    const [dose] = kept.patient.referenceDoses;
    const doses = (count: number) => Array.from({ length: count }, (_, n) => ({ ...dose, name: `dose ${n}` }));
    await failsLater(
      save({ patient: { ...kept.patient, referenceDoses: doses(101) } }),
      'session/not-saved',
      'the session has 101 reference doses; 100 are saved at most',
    );
    const display = { ...kept.display, window: { centre: 40, width: Number.NaN } };
    await failsLater(save({ display }), 'session/not-saved', 'display.window.width');
    // As many as are read are saved.
    const most = await writeSession(
      { ...kept, namedPlans: plans(200), patient: { ...kept.patient, referenceDoses: doses(100) } },
      '1.2.3',
      digest,
    );
    const found = await readSession('a.isocenter', most, digest);
    expect(found.namedPlans).toHaveLength(200);
    expect(found.patient.referenceDoses).toHaveLength(100);
  });

  it('of an unknown version says which, and which is read', async () => {
    const newer = await forged((manifest) => Object.assign(manifest, { version: 7 }));
    await failsLater(
      () => readSession('a.isocenter', newer, digest),
      'session/version',
      'version 7; this program reads version 1',
    );
  });

  it('that is cut off is refused', async () => {
    await failsLater(
      () => readSession('a.isocenter', file.subarray(0, file.length / 2), digest),
      'session/damaged',
      'a.isocenter',
    );
  });

  it('that lies about its voxels is refused, before memory is taken for them', async () => {
    const huge = await forged((manifest) =>
      Object.assign(manifest.patient, { grid: { ...kept.patient.grid, size: [4096, 4096, 4096] } }),
    );
    await failsLater(() => readSession('a.isocenter', huge, digest), 'session/damaged', 'voxels are more than');
    const other = await forged((manifest) =>
      Object.assign(manifest.patient, { grid: { ...kept.patient.grid, size: [3, 3, 3] } }),
    );
    await failsLater(() => readSession('a.isocenter', other, digest), 'session/damaged', 'a.isocenter');
  });

  it('with a bomb in it is refused', async () => {
    const entries = unzipSync(file);
    const bomb = zipSync({ ...entries, ct: new Uint8Array(2 ** 23) }, { level: 6 });
    await failsLater(() => readSession('a.isocenter', bomb, digest), 'session/damaged', 'a.isocenter');
  });

  it('ends in an error of ours or a right read, whatever byte is changed', async () => {
    const seed = 20260117;
    const random = seededRandom(seed);
    for (let n = 0; n < 240; n++) {
      const bytes = file.slice();
      // The structure of the zip lies at both ends and between entries: half the changes go there.
      const reach = n % 2 === 0 ? bytes.length : 600;
      const at = Math.floor(random() * reach);
      bytes[n % 4 === 1 ? bytes.length - 1 - at : at] ^= 1 << Math.floor(random() * 8);
      try {
        const found = await readSession('a.isocenter', bytes, digest);
        expect(found.patient.dose, `seed ${seed}, change ${n}`).toEqual(kept.patient.dose);
        expect(found.plan, `seed ${seed}, change ${n}`).toEqual(kept.plan);
      } catch (error) {
        if (!(error instanceof IsocenterError)) throw error;
        expect(error.code, `seed ${seed}, change ${n}`).toMatch(/^session\//);
      }
    }
  });

  it('ends in an error of ours or a read, whatever field of the manifest is changed with right hashes', async () => {
    const seed = 20260118;
    const random = seededRandom(seed);
    const odd = [null, -1, 1e308, '', 'x', [], {}, true, 0.5, 2 ** 40];
    for (let n = 0; n < 150; n++) {
      const bytes = await forged((manifest) => {
        let at: Record<string, unknown> = manifest;
        for (;;) {
          const keys = Object.keys(at);
          const key = keys[Math.floor(random() * keys.length)];
          const value = at[key];
          if (typeof value === 'object' && value !== null && Object.keys(value).length > 0 && random() < 0.8) {
            at = value as Record<string, unknown>;
            continue;
          }
          at[key] = odd[Math.floor(random() * odd.length)];
          return;
        }
      });
      try {
        await readSession('a.isocenter', bytes, digest);
      } catch (error) {
        if (!(error instanceof IsocenterError)) throw new Error(`seed ${seed}, change ${n}`, { cause: error });
      }
    }
  });
});
