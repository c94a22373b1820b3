import { afterEach, expect, it } from 'vitest';
import { pause, until } from '../../../support/wait.ts';
import { closeAll, participant, qos, TOPIC, TYPE } from './support.ts';
import { VirtualNetwork } from './virtual-network.ts';

afterEach(closeAll);

const HEADER = 20;
const ACKNACK = 0x06;
const HEARTBEAT = 0x07;
/** The last byte of the entity ids of user's writers and readers without key. */
const WRITER = 0x03;
const READER = 0x04;

/** Whether a datagram has such a submessage between endpoints of the user. */
function has(datagram: Buffer, id: number): boolean {
  for (let at = HEADER; at + 12 <= datagram.length; ) {
    const isLittle = (datagram[at + 1] & 1) === 1;
    const length = isLittle ? datagram.readUInt16LE(at + 2) : datagram.readUInt16BE(at + 2);
    if (datagram[at] === id && datagram[at + 11] === WRITER && [0, READER].includes(datagram[at + 7])) return true;
    if (length === 0) return false;
    at += 4 + length;
  }
  return false;
}

it('a writer without samples says so again until the reader has answered, and then is quiet', async () => {
  const network = new VirtualNetwork();
  let answersLost = true;
  let heartbeats = 0;
  network.lose = (datagram) => {
    if (has(datagram, HEARTBEAT)) heartbeats++;
    return answersLost && has(datagram, ACKNACK);
  };
  const [a, b] = [
    await participant({ transport: network.transport() }),
    await participant({ transport: network.transport() }),
  ];
  const writer = a.createWriter(TOPIC, TYPE, qos());
  b.createReader(TOPIC, TYPE, qos(), { onSample: () => {} });
  await until(() => writer.matched.length === 1);
  await until(() => heartbeats >= 4);
  answersLost = false;
  // The next goes after 640 ms at the most and is answered.
  await pause(1000);
  const before = heartbeats;
  await pause(1500);
  expect(heartbeats).toBe(before);
});
