import { f32At, pointerAt, u32At } from '../support/args.as';
import { configurations, forward, place, pullBack } from './frames.as';
import { FRAME, GROUP, real, V } from './lanes.as';
import { againstItself, againstObstacles } from './clearance.as';
import { addShaft } from './shaft.as';
import { addTissue, rememberTip } from './tissue.as';

export { trajectoryTerms } from './terms.as';

// Task = four samples of a seed, one a lane.
export function trajectorySamples(begin: i32, end: i32, args: usize): void {
  const joints = <i32>u32At(args, 1);
  const free = <i32>u32At(args, 2);
  const perSegment = <i32>u32At(args, 3);
  const frames = <i32>u32At(args, 4);
  const groups = <i32>u32At(args, 5);
  const spheres = <i32>u32At(args, 6);
  const obstacles = <i32>u32At(args, 8);
  const tipFrame = <i32>u32At(args, 9);
  const stride = <usize>u32At(args, 10) << 2;
  const tissue = u32At(args, 11) != 0;
  const shaftFrame = <usize>u32At(args, 20);
  const robot = pointerAt(args, 35);
  const basis = pointerAt(args, 38);
  const samples = (free + 3) * perSegment;
  const quads = (samples + 3) / 4;
  for (let task = begin; task < end; task++) {
    const seed = task / quads;
    const first = (task % quads) * 4;
    const x = pointerAt(args, 33) + <usize>seed * stride;
    const ends = pointerAt(args, 34) + ((<usize>(seed * 2 * joints)) << 2);
    const poses = pointerAt(args, 39) + <usize>task * <usize>u32At(args, 12) * V;
    // Behind the poses the wrenches, whose place the sines of `forward` use before they are set to zero.
    const wrenches = poses + <usize>frames * 12 * V;
    const centres = wrenches + <usize>frames * 6 * V;
    const points = centres + <usize>groups * 3 * V;
    const q = points + <usize>spheres * 3 * V;
    const gradient = q + <usize>joints * V;
    // The value and its part that grows with the duration, three vectors for gradients, and three tips.
    const sums = gradient + <usize>joints * V;
    const step = <f32>Math.exp(<f64>real(x, free * joints)) / <f32>perSegment;
    if (tissue) {
      for (let shift = -1; shift < 2; shift += 2) {
        configurations(q, x, ends, basis, joints, free, perSegment, first, shift, samples - 1);
        forward(poses, robot, frames, q);
        rememberTip(sums, shift, poses + <usize>tipFrame * 12 * V, args);
      }
    }
    configurations(q, x, ends, basis, joints, free, perSegment, first, 0, samples - 1);
    forward(poses, robot, frames, q);
    memory.fill(wrenches, 0, <usize>frames * 6 * V);
    memory.fill(sums, 0, 2 * V);
    placeSpheres(centres, points, poses, robot + <usize>frames * FRAME, groups);
    againstObstacles(args, step, wrenches, centres, points, sums);
    againstItself(args, wrenches, centres, points, sums);
    if (tissue) {
      rememberTip(sums, 0, poses + <usize>tipFrame * 12 * V, args);
      addTissue(args, obstacles, first, wrenches + <usize>tipFrame * 6 * V, sums);
    }
    if (shaftFrame != 0) addShaft(args, poses + shaftFrame * 12 * V, wrenches + shaftFrame * 6 * V, sums);
    pullBack(gradient, joints, robot, frames, poses, wrenches);
    const out = pointerAt(args, 40) + ((<usize>((seed * samples + first) * (joints + 2))) << 2);
    for (let lane = 0, last = min(4, samples - first); lane < last; lane++) {
      const row = out + ((<usize>(lane * (joints + 2))) << 2);
      for (let j = 0; j < joints; j++) store<f32>(row + ((<usize>j) << 2), real(gradient, 4 * j + lane));
      store<f32>(row + ((<usize>joints) << 2), real(sums, lane));
      store<f32>(row + ((<usize>(joints + 1)) << 2), real(sums, 4 + lane));
    }
  }
}

// Centres of the groups' bounding spheres and of all spheres, three vectors each.
function placeSpheres(centres: usize, points: usize, poses: usize, groupRows: usize, groups: i32): void {
  const sphereRows = groupRows + <usize>groups * GROUP;
  for (let g = 0; g < groups; g++) {
    const group = groupRows + <usize>g * GROUP;
    const pose = poses + <usize>(<i32>real(group, 0)) * 12 * V;
    place(centres + <usize>g * 3 * V, pose, group + 16);
    for (let s = <i32>real(group, 1), last = <i32>real(group, 2); s < last; s++) {
      place(points + <usize>s * 3 * V, pose, sphereRows + <usize>s * 16);
    }
  }
}
