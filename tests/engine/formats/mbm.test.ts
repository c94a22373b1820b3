import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { allowedContacts } from '../../../engine/core/allowed-contacts.ts';
import { pairKey } from '../../../engine/core/link-pairs.ts';
import { activeNames } from '../../../engine/core/robot.ts';
import { applyAllowed } from '../../../engine/formats/moveit/allowed-collisions.ts';
import { readMotionRequest } from '../../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../../engine/formats/moveit/planning-scene.ts';
import { applySrdf, groupJoints, readSrdf } from '../../../engine/formats/srdf.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { dataFolder } from '../../support/data.ts';

// 1,400 files on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const data = dataFolder();
describe.skipIf(data === undefined)('MotionBenchMaker', () => {
  const folder = join(data ?? '', 'mbm', 'panda');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('the spherised Panda has 59 spheres on 11 links, 7 joints and 21 pairs of links to check', () => {
    const urdf = readUrdf(read('panda_spherized.urdf'), { path: 'panda_spherized.urdf' });
    const srdf = readSrdf(read('panda.srdf'), 'panda.srdf');
    const model = applySrdf(urdf, srdf);
    expect(activeNames(model)).toEqual([1, 2, 3, 4, 5, 6, 7].map((i) => `panda_joint${i}`));
    expect(groupJoints(model, srdf, 'panda_arm')).toEqual(activeNames(model));
    expect(groupJoints(model, srdf, 'panda_arm_hand')).toEqual(activeNames(model));
    expect(model.spheres.link.length).toBe(59);
    const counts = new Map<number, number>();
    for (const link of model.spheres.link) counts.set(link, (counts.get(link) ?? 0) + 1);
    expect([...counts.values()].sort((a, b) => a - b)).toEqual([1, 2, 2, 3, 4, 4, 4, 4, 5, 12, 18]);
    const covered = [...counts.keys()];
    let linkPairs = 0;
    let spherePairs = 0;
    for (let i = 0; i < covered.length; i++) {
      for (let j = i + 1; j < covered.length; j++) {
        if (model.ignoredPairs.has(pairKey(model.links.length, covered[i], covered[j]))) continue;
        linkPairs++;
        spherePairs += (counts.get(covered[i]) ?? 0) * (counts.get(covered[j]) ?? 0);
      }
    }
    expect({ linkPairs, spherePairs }).toEqual({ linkPairs: 21, spherePairs: 690 });
  });

  it('all scenes and requests are read', () => {
    const bare = readUrdf(read('panda_spherized.urdf'), { path: 'panda_spherized.urdf' });
    const whole = applySrdf(bare, readSrdf(read('panda.srdf'), 'panda.srdf'));
    const kinds: Record<string, number> = {};
    let requests = 0;
    for (const set of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      for (const file of readdirSync(join(folder, set.name))) {
        const name = join(set.name, file);
        if (file.startsWith('scene')) {
          const scene = readPlanningScene(read(name), name);
          for (const { shape } of scene.obstacles) kinds[shape.kind] = (kinds[shape.kind] ?? 0) + 1;
          const model = applyAllowed(bare, scene);
          expect(allowedContacts(bare, scene).pairs).toEqual([]);
          // The matrix of each scene and the SRDF say the same.
          expect(model.ignoredPairs.size).toBe(whole.ignoredPairs.size);
          for (const pair of model.ignoredPairs) expect(whole.ignoredPairs.has(pair)).toBe(true);
        } else {
          const request = readMotionRequest(read(name), name);
          expect(request.goal.kind).toBe('joints');
          expect(Object.keys(request.start)).toContain('panda_joint7');
          requests++;
        }
      }
    }
    expect({ kinds, requests }).toEqual({ kinds: { box: 5500, cylinder: 2700 }, requests: 700 });
  });
});
