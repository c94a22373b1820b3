import { checkTypeHash } from '../messages/type-hash.ts';
import type { InterfaceRegistry, MessageType } from '../messages/types.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { DdsParticipant, Qos, WriterOptions } from '../rtps/types.ts';
import type { NodeDirectory } from './node-directory.ts';
import type { QosChoice, RosNode, RosNodeOptions } from './types.ts';
import type { Warnings } from './warnings.ts';

/** A DDS participant that nodes share, as the processes of ROS 2 do. */
export interface RosContext {
  readonly participant: DdsParticipant;
  readonly interfaces: InterfaceRegistry;
  readonly warnings: Warnings;
  readonly directory: NodeDirectory;
  /** @throws IsocenterError `ros2/bad-name`, `ros2/bad-remap` */
  createNode(options: Pick<RosNodeOptions, 'name' | 'namespace' | 'remap' | 'parameters'>): RosNode;
  close(): Promise<void>;
}

/** The whole QoS of a choice. */
export function wholeQos(choice: QosChoice | undefined, base: Qos = QOS_PROFILES.default): Qos {
  if (choice === undefined) return base;
  return typeof choice === 'string' ? QOS_PROFILES[choice] : { ...base, ...choice };
}

/** Requests and replies wait for acknowledgement; the depth of ROS's profile would drop those beyond ten at once. */
export const SERVICE_QOS: Qos = { ...QOS_PROFILES.services_default, depth: 1000 };

/**
 * Options of an endpoint whose type hash must not differ from the peer's.
 *
 * @param extra user data besides the hash
 * @param alsoHash that peers may give too: middlewares differ in whether parts of a service carry its hash or their own
 */
export function checkedEndpoint(
  { warnings, interfaces }: Pick<RosContext, 'warnings' | 'interfaces'>,
  type: MessageType,
  extra = '',
  alsoHash?: string,
): Required<Pick<WriterOptions, 'userData' | 'accepts' | 'onIncompatibleQos'>> {
  return {
    userData: `typehash=${type.hash};${extra}`,
    accepts: (remote) => {
      const check = checkTypeHash(type.hash, remote.userData);
      if (check === 'match' || (typeof check === 'object' && check.theirs === alsoHash)) return true;
      if (check === 'absent') {
        // Nobody gives one in humble.
        if (remote.vendor !== 'isocenter' && interfaces.distro !== 'humble') {
          warnings.once(`${remote.topic}: a peer gives no type hash; ${type.name} is taken by its name`);
        }
        return true;
      }
      warnings.once(
        `${remote.topic}: refused a ${remote.kind} whose ${type.name} has the type hash ${check.theirs}, ours is ${type.hash}: its definition differs, choose its --distro or give it by --interfaces`,
      );
      return false;
    },
    onIncompatibleQos: ({ remote, policy }) => {
      warnings.once(`${remote.topic}: a ${remote.kind} has an incompatible QoS policy: ${policy}`);
    },
  };
}
