import type { CrtkNode } from '../../../../engine/ros2/crtk/names.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';

/** Nodes in one process that send each other CDR: the last message of latched topics waits for late readers that ask for it. */
export function createWire(): CrtkNode & { readonly sent: { topic: string; type: string; message: RosMessage }[] } {
  const registry = createInterfaceRegistry();
  const readers = new Map<string, Set<(bytes: Uint8Array) => void>>();
  const latched = new Map<string, Uint8Array>();
  const sent: { topic: string; type: string; message: RosMessage }[] = [];
  const types = new Map<string, string>();
  const agree = (topic: string, type: string): void => {
    if ((types.get(topic) ?? type) !== type) throw new Error(`${topic}: ${types.get(topic)} and ${type}`);
    types.set(topic, type);
  };
  let clock = 1000;
  return {
    sent,
    now: () => ++clock,
    createPublisher(type, topic, qos) {
      agree(topic, type);
      const message = registry.message(type);
      const keeps = typeof qos === 'object' && 'durability' in qos && qos.durability === 'transient_local';
      const publishBytes = (bytes: Uint8Array): boolean => {
        if (keeps) latched.set(topic, bytes);
        sent.push({ topic, type, message: message.decode(bytes) });
        for (const read of readers.get(topic) ?? []) read(bytes);
        return true;
      };
      return {
        topic,
        type,
        subscriptionCount: 0,
        publish: (value) => publishBytes(message.encode(value)),
        publishBytes,
        room: async () => {},
        acknowledged: async () => true,
        close: () => {},
      };
    },
    createSubscription(type, topic, onMessage, qos) {
      agree(topic, type);
      const message = registry.message(type);
      const info = { topic, sourceTimeSec: undefined, receivedTimeSec: 0, bytes: undefined };
      const read = (bytes: Uint8Array): void => onMessage(message.decode(bytes), info);
      const set = readers.get(topic) ?? new Set();
      readers.set(topic, set.add(read));
      const last = latched.get(topic);
      if (
        last !== undefined &&
        typeof qos === 'object' &&
        'durability' in qos &&
        qos.durability === 'transient_local'
      ) {
        queueMicrotask(() => set.has(read) && read(last));
      }
      return { topic, type, publisherCount: 0, close: () => void set.delete(read) };
    },
  };
}
