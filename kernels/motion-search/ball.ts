/**
 * A small ball that covers balls (x, y, z, radius each): the iteration of Badoiu and Clarkson (2003) toward the furthest,
 * within a few percent of the smallest.
 */
export function coveringBall(balls: Float64Array): Float64Array {
  const count = balls.length / 4;
  const centre = balls.slice(0, 3);
  const reach = (i: number): number =>
    Math.hypot(balls[4 * i] - centre[0], balls[4 * i + 1] - centre[1], balls[4 * i + 2] - centre[2]) + balls[4 * i + 3];
  const furthest = (): number => {
    let best = 0;
    for (let i = 1; i < count; i++) if (reach(i) > reach(best)) best = i;
    return best;
  };
  let best = Float64Array.of(...centre, reach(furthest()));
  for (let step = 1; step <= 300 && count > 1; step++) {
    const far = furthest();
    for (let r = 0; r < 3; r++) centre[r] += (balls[4 * far + r] - centre[r]) / (step + 1);
    const radius = reach(furthest());
    if (radius < best[3]) best = Float64Array.of(...centre, radius);
  }
  return best;
}
