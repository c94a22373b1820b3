import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { LinkClient } from '../../engine/link/client.ts';
import { decodeFrame, encodeFrame, FRAME_KIND } from '../../engine/link/frame.ts';
import { LinkPeer } from '../../engine/link/peer.ts';
import { startServing } from '../../tests/app/support/serve.ts';
import { mutatedFrames } from '../../tests/engine/link/support/mutations.ts';
import { wirePair } from '../../tests/engine/link/support/wires.ts';
import { until } from '../../tests/support/wait.ts';
import { table } from './markdown.ts';

const SEED = 1;
const FRAMES = 100_000;
const FRAMES_TO_SERVER = 5000;
const BEATS = 300;
const HOLDS = 20;

/** The link: mutated frames, and how fast arrays and beats cross it. */
export async function linkTables(): Promise<string> {
  const rows: string[][] = [];
  rows.push(decodeAll(), peersOf());
  const serving = await startServing('--robot', 'psm');
  try {
    rows.push(await attack(serving));
    rows.push(await holds(serving, 'SIGKILL'), await holds(serving, 'SIGSTOP'));
    rows.push(await roundTrips(serving, 'no plan at work', async () => {}));
    rows.push(
      await roundTrips(serving, 'while a plan is made', (client) =>
        client.peer.request('plan', { patient: 'phantom:head-and-neck', maxIterations: 200 }),
      ),
    );
    rows.push(await arrays(serving));
  } finally {
    await serving.stop();
  }
  return `### The link between server and viewer\n\n${table(['what', 'figures'], rows)}`;
}

function decodeAll(): string[] {
  let refused = 0;
  let most = 0;
  for (const bytes of mutatedFrames(SEED, FRAMES)) {
    const begin = performance.now();
    if ('reason' in decodeFrame(bytes)) refused++;
    most = Math.max(most, performance.now() - begin);
  }
  return [
    `${FRAMES} mutated frames decoded (seed ${SEED})`,
    `none throws; ${refused} refused; longest ${most.toFixed(2)} ms`,
  ];
}

function peersOf(): string[] {
  let closed = 0;
  for (const bytes of mutatedFrames(SEED + 1, FRAMES)) {
    const peer = new LinkPeer();
    const [mine, theirs] = wirePair();
    peer.attach(theirs, 0);
    mine.send(bytes);
    mine.deliver();
    if (!peer.endpoint.isAttached) closed++;
    peer.close();
  }
  return [`${FRAMES} mutated frames to a session (seed ${SEED + 1})`, `${closed} end the connection; none throws`];
}

type Server = Awaited<ReturnType<typeof startServing>>;

async function attack(serving: Server): Promise<string[]> {
  let closed = 0;
  const frames = [...mutatedFrames(SEED + 2, FRAMES_TO_SERVER)];
  for (let n = 0; n < frames.length; n += 25) {
    const batch = frames.slice(n, n + 25).map(async (bytes) => {
      const socket = new WebSocket(serving.link);
      await new Promise((resolve) => socket.once('open', resolve));
      const isOver = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
      const hello = { t: 'hello', versions: [1], client: 'fuzz', token: serving.token };
      socket.send(encodeFrame(FRAME_KIND.control, 0, hello));
      socket.send(bytes);
      const stays = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 30));
      if (await Promise.race([isOver, stays])) closed++;
      socket.terminate();
    });
    await Promise.all(batch);
  }
  const client = serving.open();
  await client.peer.request('patients');
  client.close();
  return [
    `${FRAMES_TO_SERVER} mutated frames to a server by sockets`,
    `${closed} end their connection; the server answers`,
  ];
}

/** From a signal to the viewer that has armed the robot to the first state that says that it holds, seen by another viewer. */
async function holds(serving: Server, signal: NodeJS.Signals): Promise<string[]> {
  const observer = serving.open();
  let state = '';
  observer.peer.subscribe(
    'robot',
    {},
    {
      onSample: (value) => {
        state = (value as { state: string }).state;
      },
    },
  );
  const program = fileURLToPath(new URL('../../tests/app/support/arming-viewer.js', import.meta.url));
  const times: number[] = [];
  for (let n = 0; n < HOLDS; n++) {
    const child = fork(program, [serving.link, serving.token]);
    await once(child, 'message');
    await until(() => state === 'ENABLED');
    const begin = performance.now();
    child.kill(signal);
    await until(() => state === 'PAUSED');
    times.push(performance.now() - begin);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  observer.close();
  times.sort((a, b) => a - b);
  const [median, most] = [times[HOLDS >> 1], times[HOLDS - 1]].map((ms) => ms.toFixed(0));
  return [
    `${signal} to the viewer that has armed the robot, until it holds`,
    `median ${median} ms, longest of ${HOLDS} ${most} ms`,
  ];
}

async function roundTrips(
  serving: Server,
  when: string,
  work: (client: LinkClient) => Promise<unknown>,
): Promise<string[]> {
  const client = serving.open();
  await client.peer.request('patients');
  let isOver = false;
  const working = work(client).finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  while (times.length < BEATS || !isOver) {
    const begin = performance.now();
    await client.peer.request('patients');
    times.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await working;
  client.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(2);
  return [`request and answer, ${when}`, `median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`];
}

async function arrays(serving: Server): Promise<string[]> {
  const client = serving.open();
  let bytes = 0;
  let first = 0;
  await client.peer.request(
    'patient',
    { patient: 'phantom:head-and-neck' },
    {
      onArray: (_name, array) => {
        if (bytes === 0) first = performance.now();
        bytes += array.byteLength;
      },
    },
  );
  const seconds = (performance.now() - first) / 1000;
  client.close();
  return [
    'a patient as arrays',
    `${(bytes / 1e6).toFixed(1)} MB; after the first array ${(1000 * seconds).toFixed(0)} ms`,
  ];
}
