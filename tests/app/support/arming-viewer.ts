import { viewer } from './serve.ts';

/** A viewer in a process of its own that arms the robot, lets the hand lead it, and then only beats. */
const [link, token] = process.argv.slice(2);
const client = viewer({ link, token });
await client.peer.request('robot', { command: 'arm' });
await client.peer.request('robot', { command: 'clutch', closed: true });
process.send?.('armed');
