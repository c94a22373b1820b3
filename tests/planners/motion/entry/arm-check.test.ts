import { afterAll, describe, expect, it } from 'vitest';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import { identity } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import type { Obstacle } from '../../../../engine/core/scene.ts';
import { kernelModule, openDevice } from '../../../../kernels/device.ts';
import { createArmCheck } from '../../../../planners/motion/entry/arm-check.ts';
import { planEntry } from '../../../../planners/motion/entry/plan-entry.ts';
import { openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';

const device = await openDevice({ prefer: 'wasm', threads: 2 });
const module = await openStepModule(kernelModule());
afterAll(() => device.close());

const panda = builtinRobot('panda');
const tool = createTool(panda, { link: 'panda_hand', lengthM: 0.3 });
const down: Vec3 = [0, 0, -1];

function checkAmong(obstacles: readonly Obstacle[]) {
  return createArmCheck(openMotionSpace(module, panda, { obstacles }), tool);
}

describe('what an arm makes of an entry', () => {
  it('serves a trocar before it, with some dexterity, alike in every call', async () => {
    const check = checkAmong([]);
    const verdict = await check([0.5, 0, 0.2], down, 0.08);
    expect(verdict.ok).toBe(true);
    expect(verdict.dexterity).toBeGreaterThan(0.05);
    expect(verdict.dexterity).toBeLessThanOrEqual(1);
    expect(await check([0.5, 0, 0.2], down, 0.08)).toEqual(verdict);
  });

  it('refuses what is out of reach, longer than the shaft, or in collision, with the reason', async () => {
    const open = checkAmong([]);
    expect(await open([2, 0, 0.2], down, 0.08)).toMatchObject({ ok: false, dexterity: 0 });
    expect((await open([0.5, 0, 0.2], down, 0.4)).reason).toContain('the shaft is 300.0 mm long');
    const pose = identity();
    pose.set([0.5, 0, 0.6], 12);
    const roof: Obstacle = { name: 'roof', shape: { kind: 'box', sizeM: [0.9, 0.9, 0.3] }, pose };
    expect((await checkAmong([roof])([0.5, 0, 0.2], down, 0.08)).reason).toContain('collision');
  });

  it('ranks the ways into a phantom that lies before the robot', async () => {
    const patient = buildPhantom('prostate', { voxelMm: 6 });
    // Anterior up, the patient's head to +y, 0.5 m in front of the base and its middle 0.1 m above the floor.
    const T_base_patient = identity();
    T_base_patient.set([1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0.5, 0, 0.1, 1]);
    const request = {
      patient,
      target: { structure: 'PTV' },
      avoid: [{ name: 'Bladder', marginMm: 3 }],
      candidateSpacingMm: 20,
      toolLengthMm: 300,
      count: 3,
    };
    const plan = await planEntry(device, { ...request, arm: { T_base_patient, check: checkAmong([]) } });
    expect(plan.ranked.length).toBe(3);
    for (const entry of plan.ranked) expect(entry.dexterity).toBeGreaterThan(0);
    const away = T_base_patient.slice();
    away[12] = 5;
    const none = await planEntry(device, { ...request, arm: { T_base_patient: away, check: checkAmong([]) } });
    expect(none.ranked.length).toBe(0);
  });
});
