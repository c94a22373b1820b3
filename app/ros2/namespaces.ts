/** Namespaces of the robots' CRTK topics, as dVRK names its arms. */
const arms: Readonly<Record<string, string>> = { psm: '/PSM1', 'psm-si': '/PSM1', ecm: '/ECM' };

/** Where the CRTK topics of a built-in robot are, unless the user says otherwise. */
export function robotNamespace(robot: string): string {
  return arms[robot] ?? `/${robot}`;
}
