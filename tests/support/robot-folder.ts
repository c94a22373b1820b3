import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collada } from '../engine/formats/mesh/collada.ts';

/** Corners and faces of a box that stands on its origin, the faces outwards. */
function box([x, y, z]: readonly [number, number, number]): { positions: number[]; faces: number[][] } {
  const positions: number[] = [];
  for (const at of [0, z]) positions.push(-x / 2, -y / 2, at, x / 2, -y / 2, at, x / 2, y / 2, at, -x / 2, y / 2, at);
  const faces = [
    [0, 2, 1],
    [0, 3, 2],
    [4, 5, 6],
    [4, 6, 7],
    [0, 1, 5],
    [0, 5, 4],
    [1, 2, 6],
    [1, 6, 5],
    [2, 3, 7],
    [2, 7, 6],
    [3, 0, 4],
    [3, 4, 7],
  ];
  return { positions, faces };
}

/** Binary STL of a box. */
export function boxStl(size: readonly [number, number, number]): Uint8Array {
  const { positions, faces } = box(size);
  const view = new DataView(new ArrayBuffer(84 + 50 * faces.length));
  view.setUint32(80, faces.length, true);
  faces.forEach((face, f) => {
    face.forEach((corner, k) => {
      for (let a = 0; a < 3; a++) view.setFloat32(84 + 50 * f + 12 + 12 * k + 4 * a, positions[3 * corner + a], true);
    });
  });
  return new Uint8Array(view.buffer);
}

function boxObj(size: readonly [number, number, number]): string {
  const { positions, faces } = box(size);
  const rows = Array.from(
    { length: positions.length / 3 },
    (_, n) => `v ${positions.slice(3 * n, 3 * n + 3).join(' ')}`,
  );
  return [...rows, ...faces.map((face) => `f ${face.map((corner) => corner + 1).join(' ')}`)].join('\n');
}

/** In centimetres, as some modelling programs have it. */
function boxDae(size: readonly [number, number, number], rgba: string): string {
  const { positions, faces } = box(size);
  return collada({
    positions: positions.map((m) => 100 * m),
    faces: [
      {
        kind: 'triangles',
        inner: `<p>${faces
          .flat()
          .map((c) => `${c} 0`)
          .join(' ')}</p>`,
        material: 'paint',
      },
    ],
    unit: 0.01,
    up: 'Y_UP',
    materials: { paint: rgba },
  });
}

const links = ['base', 'upper', 'fore', 'hand'] as const;

/** A small arm of three joints whose links are meshes of all formats, as a package of ROS. @returns the path of its URDF */
export function writeRobotFolder(folder: string): string {
  const files: Record<string, string | Uint8Array> = {
    'arm_description/meshes/base.stl': boxStl([0.1, 0.1, 0.05]),
    'arm_description/meshes/upper.dae': boxDae([0.05, 0.05, 0.2], '0.9 0.3 0.1 1'),
    'arm_description/meshes/fore.obj': boxObj([0.04, 0.04, 0.15]),
    'arm_description/meshes/hand.stl': boxStl([0.02, 0.02, 0.05]),
  };
  const endings = { base: 'stl', upper: 'dae', fore: 'obj', hand: 'stl' };
  const link = (name: (typeof links)[number]): string => {
    const mesh = `<geometry><mesh filename="package://arm_description/meshes/${name}.${endings[name]}"/></geometry>`;
    const material = name === 'fore' ? '<material name="blue"/>' : '';
    return `<link name="${name}"><visual>${mesh}${material}</visual><collision>${mesh}</collision></link>`;
  };
  const joint = (n: number, z: number): string =>
    `<joint name="joint${n}" type="revolute"><parent link="${links[n - 1]}"/><child link="${links[n]}"/><origin xyz="0 0 ${z}"/><axis xyz="0 ${n === 1 ? 0 : 1} ${n === 1 ? 1 : 0}"/><limit lower="-2.5" upper="2.5" velocity="2" effort="10"/></joint>`;
  const tip =
    '<link name="tip"/><joint name="tip_joint" type="fixed"><parent link="hand"/><child link="tip"/><origin xyz="0 0 0.05"/></joint>';
  files['arm_description/urdf/arm.urdf'] =
    `<robot name="small_arm"><material name="blue"><color rgba="0.2 0.3 0.9 1"/></material>\n${links.map(link).join('\n')}\n${joint(1, 0.05)}${joint(2, 0.2)}${joint(3, 0.15)}${tip}</robot>`;
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return join(folder, 'arm_description/urdf/arm.urdf');
}
