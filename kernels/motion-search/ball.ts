/** More come closer to the smallest ball; it is a question of speed alone. */
const STEPS = 200;

/**
 * A small ball that covers balls (x, y, z, radius each): the iteration of Badoiu and Clarkson (2003) toward the furthest,
 * within a few percent of the smallest.
 */
export function coveringBall(balls: Float64Array): Float64Array {
  const count = balls.length / 4;
  const centre = balls.slice(0, 3);
  const best = Float64Array.of(...centre, Number.POSITIVE_INFINITY);
  for (let step = 1; step <= STEPS; step++) {
    let far = 0;
    let radius = 0;
    for (let i = 0; i < balls.length; i += 4) {
      const x = balls[i] - centre[0];
      const y = balls[i + 1] - centre[1];
      const z = balls[i + 2] - centre[2];
      const reach = Math.sqrt(x * x + y * y + z * z) + balls[i + 3];
      if (reach <= radius) continue;
      radius = reach;
      far = i;
    }
    if (radius < best[3]) best.set([centre[0], centre[1], centre[2], radius]);
    if (count === 1) break;
    for (let r = 0; r < 3; r++) centre[r] += (balls[far + r] - centre[r]) / (step + 1);
  }
  return best;
}
