import { openRosContext } from '../node/context.ts';
import { checkFullName, checkName } from '../node/names.ts';
import type { RosContext } from '../node/shared.ts';
import { RclNode } from './adapter.ts';

let context: RosContext | undefined;
let down = false;

/** Opens DDS: domain, interfaces and peers as the environment of ROS says (ROS_DOMAIN_ID and the like). */
export async function init(): Promise<void> {
  if (context !== undefined) throw new Error('rclnodejs is initialised already');
  down = false;
  context = await openRosContext({ name: 'rclnodejs' });
  context.warnings.listen((warning) => process.stderr.write(`${warning}\n`));
}

export function createNode(name: string, namespace?: string): RclNode {
  if (context === undefined) throw new Error('call init() first');
  return new RclNode(context.createNode({ name, ...(namespace === undefined ? {} : { namespace }) }));
}

/** rclnodejs polls its middleware here; ours calls back by itself. */
export function spin(): void {}

export function shutdown(): void {
  down = true;
  const closing = context?.close();
  context = undefined;
  closing?.catch(() => {});
}

export function isShutdown(): boolean {
  return down;
}

export const validator = {
  validateTopicName: (name: string): true => {
    checkName(name);
    return true;
  },
  validateFullTopicName: (name: string): true => {
    checkFullName(name);
    return true;
  },
};
