import { pause } from '../../support/wait.ts';
import { viewer } from './serve.ts';

/** A viewer in a process of its own that arms the robot, lets the hand lead it, and then only beats. */
const [link, token] = process.argv.slice(2);
const client = viewer({ link, token });
for (let tries = 0; ; tries++) {
  // Another one has just left it: it may still come to rest.
  const refused = await client.peer.request('robot', { command: 'arm' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refused === undefined) break;
  if (tries === 50) throw refused;
  await pause(50);
}
await client.peer.request('robot', { command: 'clutch', closed: true });
process.send?.('armed');
