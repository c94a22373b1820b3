import { seededRandom } from '../../../../engine/core/random.ts';
import type { DdsParticipant, DdsWriter, Qos } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { participant } from '../rtps/support.ts';
import type { Vendor } from './build.ts';
import { type PeerOptions, peer, type Summary } from './peer.ts';
import { type Kind, nowMs, Tally } from './samples.ts';

/** Samples of one topic from a peer to us, or from us to a peer. */
export interface Stream {
  readonly vendor: Vendor;
  readonly domain: number;
  readonly kind: Kind;
  readonly qos: Qos;
  readonly count: number;
  /** Samples a second of each writer; 0 for as fast as may be. */
  readonly rateHz: number;
  readonly writers?: number;
  readonly bytes?: number;
  /** Part of our datagrams that is lost, both ways, and the seed of which. */
  readonly loss?: number;
  readonly seed?: number;
  /** How long to wait for the last sample. */
  readonly patienceSec?: number;
  /** Called with how many samples have come or gone. */
  readonly onProgress?: (samples: number) => void;
}

/** A participant of ours that loses datagrams both ways. */
export function losingParticipant({
  domain,
  loss = 0,
  seed = 1,
}: Pick<Stream, 'domain' | 'loss' | 'seed'>): Promise<DdsParticipant> {
  const random = seededRandom(seed);
  const drop = () => random() < loss;
  return participant(loss > 0 ? { domain, dropIn: drop, dropOut: drop } : { domain });
}

/** Quality of service in the peers' words. */
export function qosWords({ reliability, durability, history, depth }: Qos): PeerOptions {
  return { reliability, durability, history, depth };
}

function words({ kind, qos, count, rateHz, writers = 1, bytes = 1000 }: Stream): PeerOptions {
  return { ...qosWords(qos), kind: kind.name, topic: kind.topic, count, rate: rateHz, writers, bytes };
}

/** A peer publishes; what arrives here. */
export async function fromPeer(stream: Stream): Promise<Tally> {
  const { vendor, domain, kind, qos, count, writers = 1, patienceSec = 20 } = stream;
  const ours = await losingParticipant(stream);
  const tally = new Tally();
  const reader = ours.createReader(kind.topic, kind.type.ddsName, qos, {
    onSample: ({ payload }) => {
      tally.add(kind.read(payload));
      stream.onProgress?.(tally.received);
    },
  });
  const publisher = await peer(vendor, 'publish', domain, { ...words(stream), linger: patienceSec });
  await publisher.next('matched');
  await until(() => reader.matched.length === writers);
  publisher.go();
  await publisher.next('published', 600_000);
  const end = nowMs() + patienceSec * 1000;
  const mayMiss = qos.reliability === 'best_effort' || (qos.history === 'keep_last' && qos.depth < count);
  // What may be missing is not waited for; the last ones are.
  const complete = () =>
    mayMiss
      ? tally.flows.filter(({ last }) => last === count - 1).length === writers
      : tally.received >= count * writers;
  while (!complete() && nowMs() < end) await pause(10);
  // A sample that comes twice would come soon.
  await pause(200);
  await publisher.kill();
  await ours.close();
  return tally;
}

/** We publish; what arrives at a peer. */
export async function toPeer(stream: Stream): Promise<Summary> {
  const { vendor, domain, kind, qos, count, rateHz, writers = 1, bytes = 1000, loss = 0, patienceSec = 20 } = stream;
  const ours = await losingParticipant(stream);
  const all = Array.from({ length: writers }, () => ours.createWriter(kind.topic, kind.type.ddsName, qos));
  const seconds = patienceSec + (rateHz > 0 ? count / rateHz : 600);
  const subscriber = await peer(vendor, 'subscribe', domain, { ...words(stream), count: count * writers, seconds });
  await subscriber.next('matched');
  await until(() => all.every((writer) => writer.matched.length === 1));
  // A reader begins with the first heartbeat that it sees: where some are lost, that may take a few.
  if (loss > 0) await pause(1500);
  await publishAt(rateHz, count, async (number) => {
    for (const [w, writer] of all.entries()) await write(writer, kind.write(w, number, bytes));
    stream.onProgress?.(number + 1);
  });
  const acknowledged = all.map((writer) => writer.acknowledged(patienceSec * 1000));
  const everything = (await Promise.all(acknowledged)).every((one) => one);
  // The peer ends by itself when it has all; else it need not wait for what cannot come any more.
  if (everything) await pause(300);
  subscriber.stop();
  const summary = await subscriber.summary(seconds * 1000 + 5000);
  await subscriber.exited;
  await ours.close();
  return summary;
}

async function write(writer: DdsWriter, payload: Uint8Array): Promise<void> {
  while (writer.write(payload) === 0n) await writer.room();
}

/** Calls at a rate; where the event loop was late, several at once. */
export async function publishAt(
  rateHz: number,
  count: number,
  publish: (number: number) => void | Promise<void>,
): Promise<void> {
  const start = performance.now();
  for (let number = 0; number < count; ) {
    const due =
      rateHz > 0 ? Math.min(count, Math.floor(((performance.now() - start) * rateHz) / 1000) + 1) : number + 8;
    while (number < Math.min(due, count)) await publish(number++);
    if (number === count) return;
    const leftMs = rateHz > 0 ? start + (number * 1000) / rateHz - performance.now() : 0;
    if (leftMs > 0.3) await pause(leftMs);
    else await new Promise((resolve) => setImmediate(resolve));
  }
}
