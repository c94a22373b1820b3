// Single-query motion planning as synchronous steps; `space` is the address of a Space (space.as.ts).
import { edgeFree, stateFree } from './edge.as';
import { search } from './search.as';
import { simplify } from './simplify.as';
import { BODY_BYTES, Space } from './space.as';

/** 1 where the robot is free at configuration `q` [dim], with room to spare for float32. */
export function motionStateFree(space: usize, q: usize): i32 {
  return stateFree(changetype<Space>(space), q) ? 1 : 0;
}

/** 1 where the straight edge between two free configurations is free at any resolution. */
export function motionEdgeFree(space: usize, from: usize, to: usize): i32 {
  return edgeFree(changetype<Space>(space), from, to) ? 1 : 0;
}

/** Searches a path between two free configurations; see search.as.ts for the code that it returns. */
export function motionSearch(space: usize, start: usize, goal: usize, iterations: i32): i32 {
  return search(changetype<Space>(space), start, goal, iterations);
}

/** Shortens the path that the search left. */
export function motionSimplify(space: usize, rounds: i32): void {
  simplify(changetype<Space>(space), rounds);
}

/** Makes the base, body 0 of every frame, stand still. */
export function motionPrepare(space: usize, frames: i32): void {
  const s = changetype<Space>(space);
  for (let f = 0; f < frames; f++) {
    const frame = s.frames + <usize>f * <usize>s.frameBytes;
    memory.fill(frame, 0, BODY_BYTES);
    v128.store(frame, f32x4.splat(1));
    v128.store(frame + 64, f32x4.splat(1));
    v128.store(frame + 128, f32x4.splat(1));
  }
}
