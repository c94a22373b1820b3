/** Pieces of URDF files for tests. */
export const limit = '<limit lower="-1" upper="1" velocity="2" effort="5"/>';
export const joint = (name: string, parent: string, child: string, inside = limit, type = 'revolute'): string =>
  `<joint name="${name}" type="${type}"><parent link="${parent}"/><child link="${child}"/>${inside}</joint>`;
export const robot = (body: string): string => `<robot name="r">${body}</robot>`;
export const links = (...names: readonly string[]): string => names.map((name) => `<link name="${name}"/>`).join('');

/** base -lift-> arm -left-> finger, and `right` that mimics `left` with another sign; links and joints out of order. */
export const gripper = robot(`
  ${links('finger', 'mirror', 'base', 'arm')}
  ${joint('right', 'arm', 'mirror', `${limit}<axis xyz="0 1 0"/><mimic joint="left" multiplier="-2" offset="0.1"/>`, 'prismatic')}
  ${joint('left', 'arm', 'finger', `<origin xyz="0 0 1"/><axis xyz="0 3 0"/>${limit}`, 'prismatic')}
  ${joint('lift', 'base', 'arm', `<origin xyz="1 2 3" rpy="0 0 1.5707963267948966"/><axis xyz="0 0 1"/>${limit}`)}`);
