import { inputError } from '../../core/errors.ts';
import type { InterfaceRegistry, InterfaceSource } from './types.ts';

/** A file of a package: its path (any, as long as it ends in `package/msg/Name.msg`) and its text. */
export interface InterfaceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Adds a user's interface files, which may need each other in any order: all, or none where one is faulty.
 *
 * @returns the full names added
 * @throws IsocenterError `ros2/definition` with file and line; `ros2/interface-path` for a path that does not say what it is
 */
export function loadInterfaces(registry: InterfaceRegistry, files: readonly InterfaceFile[]): string[] {
  const sources = new Map<string, InterfaceSource>();
  for (const { path, text } of files) {
    const name = interfaceNameOf(path);
    const twice = sources.get(name);
    if (twice !== undefined) {
      throw inputError(
        'ros2/interface-path',
        `${name} is there twice: ${twice.file} and ${path}`,
        'leave one of them out',
      );
    }
    sources.set(name, { name, text, file: path });
  }
  registry.addAll([...sources.values()]);
  return [...sources.keys()];
}

/** Whether a path is one of an interface: for walks through folders, which hold other files too. */
export function isInterfacePath(path: string): boolean {
  return PATH.test(path);
}

/**
 * The name that a path says: `/opt/ros/jazzy/share/my_msgs/msg/Thing.msg` is `my_msgs/msg/Thing`.
 *
 * @throws IsocenterError `ros2/interface-path`
 */
export function interfaceNameOf(path: string): string {
  const parts = PATH.exec(path);
  if (parts !== null) return `${parts[1]}/${parts[2]}/${parts[3]}`;
  throw inputError(
    'ros2/interface-path',
    `${path} does not say what interface it is`,
    'put it at package/msg/Name.msg, package/srv/Name.srv or package/action/Name.action, as ROS packages have it',
  );
}

const PATH = /(?:^|[\\/])([a-z][a-z0-9_]*)[\\/](msg|srv|action)[\\/]([A-Z][A-Za-z0-9_]*)\.\2$/;
