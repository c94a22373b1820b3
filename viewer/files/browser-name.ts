/** Name and version of a browser, from what it says of itself. */
export function browserName(userAgent: string): string {
  const [, name, version] = /(Edg|OPR|Firefox|Chrome|Version)\/([\d.]+)/.exec(userAgent) ?? [];
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' };
  return name === undefined ? 'unknown browser' : `${names[name] ?? name} ${version}`;
}
