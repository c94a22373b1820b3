import { createParticipant, type ParticipantOptions } from '../../../../engine/ros2/rtps/participant.ts';
import { QOS_PROFILES } from '../../../../engine/ros2/rtps/qos.ts';
import type { DdsParticipant, Qos, ReceivedSample } from '../../../../engine/ros2/rtps/types.ts';

export const TOPIC = 'rt/joint_states';
export const TYPE = 'sensor_msgs::msg::dds_::JointState_';

export function qos(policies: Partial<Qos> = {}): Qos {
  return { ...QOS_PROFILES.default, ...policies };
}

/** A sample with its number, in CDR's encapsulation. */
export function numbered(n: number, bytes = 64): Uint8Array {
  const payload = Buffer.alloc(Math.max(8, bytes), n & 0xff);
  payload.writeUInt32BE(0x00010000, 0);
  payload.writeUInt32LE(n, 4);
  return payload;
}

/** The number of a sample; -1 where its bytes are not those that {@link numbered} wrote. */
export function numberOf({ payload }: ReceivedSample, bytes: number): number {
  const own = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const n = own.readUInt32LE(4);
  return own.length === bytes && own.equals(numbered(n, bytes)) ? n : -1;
}

const open: DdsParticipant[] = [];

/** A participant on loopback that knows nothing of the environment; {@link closeAll} closes it. */
export async function participant(options: ParticipantOptions): Promise<DdsParticipant> {
  const created = await createParticipant({ environment: {}, ...options });
  open.push(created);
  return created;
}

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()));
}
