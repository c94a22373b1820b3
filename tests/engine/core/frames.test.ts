import { describe, expect, it } from 'vitest';
import { axisOf, inverse, isRigid, T_patient_beam, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';

const source: Vec3 = [0, 0, 1000];
const at = (gantryDeg: number, couchDeg = 0, collimatorDeg = 0, iso: Vec3 = [0, 0, 0]) =>
  T_patient_beam({ gantryDeg, couchDeg, collimatorDeg }, iso);

function expectPoint(p: Vec3, q: Vec3): void {
  for (let i = 0; i < 3; i++) expect(p[i]).toBeCloseTo(q[i], 9);
}

describe('IEC 61217 frames, head first supine', () => {
  it('gantry 0 enters from anterior, 90 from the left, 180 from posterior, 270 from the right of the patient', () => {
    expectPoint(transformPoint(at(0), source), [0, -1000, 0]);
    expectPoint(transformPoint(at(90), source), [1000, 0, 0]);
    expectPoint(transformPoint(at(180), source), [0, 1000, 0]);
    expectPoint(transformPoint(at(270), source), [-1000, 0, 0]);
  });

  it('a couch at 90 turns a lateral beam into one along the patient', () => {
    // Couch +90 is counter-clockwise from above: the patient's head moves to the observer's left, so the beam of gantry 90,
    // which comes from the right, enters at the feet.
    expectPoint(transformPoint(at(90, 90), source), [0, 0, -1000]);
    expectPoint(transformPoint(at(90, 270), source), [0, 0, 1000]);
  });

  it('the couch does not move a vertical beam, but turns its view', () => {
    expectPoint(transformPoint(at(0, 30), source), [0, -1000, 0]);
    expectPoint(axisOf(at(0, 90), 1), [1, 0, 0]);
  });

  it('the beam axes x and y are the patient left and superior at gantry 0; the collimator turns them', () => {
    expectPoint(axisOf(at(0), 0), [1, 0, 0]);
    expectPoint(axisOf(at(0), 1), [0, 0, 1]);
    expectPoint(axisOf(at(0, 0, 90), 0), [0, 0, 1]);
  });

  it('the isocentre is the origin of the beam frame, and the inverse returns', () => {
    const t = at(37, 12, 80, [10, -20, 30]);
    expectPoint(transformPoint(t, [0, 0, 0]), [10, -20, 30]);
    expectPoint(transformPoint(inverse(t), transformPoint(t, [1, 2, 3])), [1, 2, 3]);
  });
});

describe('rigid transforms', () => {
  const t = at(37, 12, 80, [10, -20, 30]);
  it.each<[string, (m: Float64Array) => void, boolean]>([
    ['as it is', () => {}, true],
    ['rounded to seven digits', (m) => m.set(m.map((v) => Number(v.toPrecision(7)))), true],
    ['scaled', (m) => m.set(m.map((v, i) => (i < 12 ? 1.001 * v : v))), false],
    ['sheared', (m) => m.set([m[4] + 0.01], 0), false],
    ['mirrored', (m) => m.set([-m[0], -m[1], -m[2]]), false],
    ['with a projective row', (m) => m.set([0.1], 3), false],
    ['with NaN', (m) => m.set([Number.NaN], 12), false],
    ['row-major', (m) => m.set([0, 0, 0, 30], 12), false],
  ])('%s', (_, change, rigid) => {
    const m = t.slice();
    change(m);
    expect(isRigid(m)).toBe(rigid);
  });
});

describe('patient positions', () => {
  // From where a beam of gantry 0 and one of gantry 90 enter, and what lies towards the gantry: LPS directions.
  it.each([
    ['HFS', [0, -1, 0], [1, 0, 0], [0, 0, 1]],
    ['HFP', [0, 1, 0], [-1, 0, 0], [0, 0, 1]],
    ['FFS', [0, -1, 0], [-1, 0, 0], [0, 0, -1]],
    ['FFP', [0, 1, 0], [1, 0, 0], [0, 0, -1]],
    ['HFDR', [1, 0, 0], [0, 1, 0], [0, 0, 1]],
    ['HFDL', [-1, 0, 0], [0, -1, 0], [0, 0, 1]],
    ['FFDR', [1, 0, 0], [0, -1, 0], [0, 0, -1]],
    ['FFDL', [-1, 0, 0], [0, 1, 0], [0, 0, -1]],
  ] as const)('%s', (position, from0, from90, towardsGantry) => {
    const source = (gantryDeg: number) =>
      transformPoint(T_patient_beam({ gantryDeg, couchDeg: 0, collimatorDeg: 0 }, [0, 0, 0], position), [0, 0, 1]).map(
        (mm) => Math.round(mm) + 0,
      );
    expect(source(0)).toEqual(from0);
    expect(source(90)).toEqual(from90);
    expect(axisOf(T_patient_beam({ gantryDeg: 0, couchDeg: 0, collimatorDeg: 0 }, [0, 0, 0], position), 1)).toEqual(
      towardsGantry,
    );
    expect(isRigid(T_patient_beam({ gantryDeg: 30, couchDeg: 10, collimatorDeg: 5 }, [1, 2, 3], position))).toBe(true);
  });
});
