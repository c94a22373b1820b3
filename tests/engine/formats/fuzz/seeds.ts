/** Whole files of every format of the robot side, small but with each construct that the readers know, and ways to break them. */

export const urdf = `<?xml version="1.0"?>
<robot name="r"><!-- a comment -->
  <link name="a"><inertial><mass value="2"/><origin xyz="1 0 0"/><inertia ixx="1" ixy="0" ixz="0" iyy="2" iyz="0" izz="3"/></inertial>
    <visual><geometry><mesh filename="a.dae"/></geometry></visual></link>
  <link name="b"><collision><origin xyz="0 0 1" rpy="0 1 0"/><geometry><box size="1 2 3"/></geometry></collision>
    <collision><geometry><cylinder radius="0.1" length="1"/></geometry></collision></link>
  <link name="c"><collision><origin xyz="0 0 1"/><geometry><sphere radius="0.5"/></geometry></collision></link>
  <link name="d"><collision><geometry><mesh filename="d.obj" scale="0.001 1 -1"/></geometry></collision></link>
  <link name="e"><collision><geometry><mesh filename="e.stl"/></geometry></collision></link>
  <joint name="j" type="revolute"><origin xyz="0 0 1" rpy="0 0 1.57"/><parent link="a"/><child link="b"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" velocity="1" effort="1" acceleration="2" jerk="10"/></joint>
  <joint name="k" type="prismatic"><parent link="b"/><child link="c"/>
    <limit lower="-1" upper="1" velocity="1" effort="1"/><mimic joint="j" multiplier="-2" offset="0.1"/></joint>
  <joint name="l" type="continuous"><parent link="b"/><child link="d"/><axis xyz="1 1 0"/></joint>
  <joint name="m" type="fixed"><parent link="d"/><child link="e"/></joint>
</robot>`;

export const srdf = `<robot name="r"><group name="g"><chain base_link="a" tip_link="c"/></group>
  <group name="all"><group name="g"/><joint name="l"/><link name="e"/></group>
  <group_state name="home" group="g"><joint name="j" value="0.5"/></group_state>
  <end_effector name="tip" group="g" parent_link="c" parent_group="all"/>
  <virtual_joint name="v" type="fixed" parent_frame="world" child_link="a"/>
  <disable_default_collisions link="e"/><enable_collisions link1="a" link2="e"/>
  <disable_collisions link1="a" link2="c" reason="Never"/></robot>`;

export const scene = `robot_state:
  joint_state: {name: [j], position: [0]}
  multi_dof_joint_state: {joint_names: [v], transforms: [{translation: [1, 0, 0], rotation: [0, 0, 0, 1]}]}
fixed_frame_transforms:
  - {header: {frame_id: world}, child_frame_id: bench, transform: {translation: {x: 1}, rotation: {w: 1}}}
allowed_collision_matrix:
  entry_names: [a, c, x]
  entry_values: [[false, true, false], [true, false, false], [false, false, false]]
link_padding: [{link_name: a, padding: 0}]
world:
  collision_objects:
    - id: x
      header: {frame_id: bench}
      pose: {position: {x: 1, y: 2, z: 3}, orientation: {x: 0, y: 0, z: 0.6, w: 0.8}}
      primitives: [{type: box, dimensions: [1, 2, 3]}, {type: 3, dimensions: [0.2, 0.1]}]
      primitive_poses: [{position: [0, 0, 1], orientation: [0, 0, 0, 1]}, {}]
    - id: y
      meshes: [{vertices: [[0, 0, 0], [1, 0, 0], {x: 0, y: 1, z: 0}], triangles: [{vertex_indices: [0, 1, 2]}, [2, 1, 0]]}]
      mesh_poses: [{position: [0, 0, 1]}]
`;

export const request = `group_name: g
max_velocity_scaling_factor: 0.5
start_state:
  joint_state: {name: [j, l], position: [0, 0.5]}
goal_constraints:
  - position_constraints:
      - link_name: c
        header: {frame_id: world}
        target_point_offset: {x: 0, y: 0, z: 0.1}
        constraint_region: {primitives: [{type: 2, dimensions: [0.01]}], primitive_poses: [{position: [0.1, 0.2, 0.3]}]}
    orientation_constraints:
      - link_name: c
        orientation: {x: 0, y: 0, z: 0.6, w: 0.8}
        absolute_x_axis_tolerance: 0.1
path_constraints: {joint_constraints: []}
`;

export const limits = 'default: {velocity: 1}\nj: {acceleration: 2, jerk: 3}\nl: {lower: -3, upper: 3}\n';

export const tool = 'link: c\nlengthM: 0.3\naxis: [0, 0, 1]\noriginM: [0, 0, 0.1]\ntipM: [0, 0.01, 0.42]\n';

export const obj = 'o m\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 1 1\nvn 0 0 1\nf 1//1 2//1 3//1 4//1\nf -1 -2 -3\n';

export const stl = `solid x
facet normal 0 0 1
outer loop
vertex 0 0 0
vertex 1 0 0
vertex 0 1 0
endloop
endfacet
endsolid x
`;

/** Two triangles in binary STL. */
export function binaryStl(): Uint8Array {
  const view = new DataView(new ArrayBuffer(84 + 2 * 50));
  view.setUint32(80, 2, true);
  for (let i = 0; i < 18; i++) view.setFloat32(84 + 50 * Math.floor(i / 9) + 12 + 4 * (i % 9), i, true);
  return new Uint8Array(view.buffer);
}

const PIECES = ['NaN', '.nan', '-.inf', '1e999', '1e300', '-0', '0', '<', '&a ', '*a', '[[[[', '{', '\u0000', '\ud800'];

/** Cuts, doubles, overwrites and exchanges pieces of a text, one to four times. */
export function mutateText(text: string, random: () => number): string {
  let out = text;
  const place = (): number => Math.floor(random() * out.length);
  for (let edits = 1 + Math.floor(4 * random()); edits > 0; edits--) {
    const at = place();
    const end = Math.min(out.length, at + Math.floor(12 * random()));
    const [head, tail] = [out.slice(0, at), out.slice(end)];
    switch (Math.floor(7 * random())) {
      case 0:
        out = head + tail;
        break;
      case 1:
        out = head + out.slice(at, end).repeat(3) + tail;
        break;
      case 2:
        out = head + String.fromCharCode(Math.floor(256 * random())) + tail;
        break;
      case 3:
        out = head + PIECES[Math.floor(PIECES.length * random())] + tail;
        break;
      case 4:
        out = withOtherNumber(out, at, random);
        break;
      case 5:
        out = withOtherLine(out, random);
        break;
      default:
        if (random() < 0.2) out = head;
    }
  }
  return out;
}

/** The first number after `at` becomes another. */
function withOtherNumber(text: string, at: number, random: () => number): string {
  const others = ['0', '-1', '1e30', '1e-30', '1e300', '0.5', '7', '4294967296', 'true', '"x"', 'null'];
  const tail = text.slice(at).replace(/-?\d+(\.\d+)?/, others[Math.floor(others.length * random())]);
  return text.slice(0, at) + tail;
}

/** A line is doubled, or taken out. */
function withOtherLine(text: string, random: () => number): string {
  const lines = text.split('\n');
  const n = Math.floor(random() * lines.length);
  lines.splice(n, 1, ...(random() < 0.5 ? [] : [lines[n], lines[n]]));
  return lines.join('\n');
}

/** Changes up to eight bytes, and cuts or lengthens one file in four. */
export function mutateBytes(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = bytes.slice();
  for (let edits = 1 + Math.floor(8 * random()); edits > 0; edits--) {
    const at = Math.floor(random() * out.length);
    if (random() < 0.5) out[at] = Math.floor(256 * random());
    else out[at] ^= 1 << Math.floor(8 * random());
  }
  const kind = random();
  if (kind < 0.2) return out.slice(0, Math.floor(random() * out.length));
  return kind < 0.25 ? Uint8Array.of(...out, ...out.slice(0, 60)) : out;
}
