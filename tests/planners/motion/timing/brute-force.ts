/**
 * An independent answer for one joint, slow and obvious: the profiles of a sign are laid out along the height (and then the
 * length) of their first ramp, every branch of the velocity equation is followed over a dense grid, and what is looked for
 * (the right distance, or the right duration) is bracketed and bisected. Nothing is shared with the planner: motions are
 * integrated phase by phase, limits checked on what came out.
 */
export interface JointTask {
  readonly start: readonly [number, number, number];
  readonly target: readonly [number, number, number];
  readonly vMin: number;
  readonly vMax: number;
  readonly aMin: number;
  readonly aMax: number;
  readonly jerk: number;
}

interface Motion {
  readonly time: number;
  readonly distance: number;
}

const SLACK = 1e-9;

const mirrored = (t: JointTask): JointTask => ({
  start: [-t.start[0], -t.start[1], -t.start[2]],
  target: [-t.target[0], -t.target[1], -t.target[2]],
  vMin: -t.vMax,
  vMax: -t.vMin,
  aMin: -t.aMax,
  aMax: -t.aMin,
  jerk: t.jerk,
});

/** Integrates phases of [duration, jerk]; undefined when a duration is negative or a limit is left. */
function integrate(task: JointTask, phases: readonly (readonly [number, number])[]): Motion | undefined {
  let [, v, a] = task.start;
  let p = 0;
  let time = 0;
  for (const [t, j] of phases) {
    if (!(t >= -SLACK)) return undefined;
    const still = -a / j;
    if (still > 0 && still < t && !inside(v + 0.5 * a * still, task.vMin, task.vMax)) return undefined;
    p += v * t + (a * t * t) / 2 + (j * t ** 3) / 6;
    v += a * t + (j * t * t) / 2;
    a += j * t;
    time += t;
    if (!inside(v, task.vMin, task.vMax) || !inside(a, task.aMin, task.aMax)) return undefined;
  }
  return { time, distance: p };
}

const inside = (x: number, min: number, max: number): boolean => x >= min - SLACK && x <= max + SLACK;

const BRANCHES = ['shallow', 'deep', 'held'] as const;
type Branch = (typeof BRANCHES)[number];

/** First ramp up by `u` (past the limit: held), then down to the trough of the branch, then up to the target. */
function follow(task: JointTask, u: number, branch: Branch): Motion | undefined {
  const { jerk: j, aMax, aMin } = task;
  const [, v0, a0] = task.start;
  const [, vf, af] = task.target;
  const a1 = Math.min(aMax, a0 + u);
  const hold = Math.max(0, a0 + u - aMax) / j;
  const rest = vf - v0 - (a1 * a1 - a0 * a0) / (2 * j) - a1 * hold;
  const square = (a1 * a1 + af * af) / 2 - j * rest;
  let a2 = aMin;
  let low = 0;
  if (branch === 'held') {
    low = (rest - (a1 * a1 + af * af - 2 * aMin * aMin) / (2 * j)) / aMin;
  } else {
    if (square < 0) return undefined;
    a2 = branch === 'shallow' ? Math.sqrt(square) : -Math.sqrt(square);
  }
  return integrate(task, [
    [(a1 - a0) / j, j],
    [hold, 0],
    [(a1 - a2) / j, -j],
    [low, 0],
    [(af - a2) / j, j],
  ]);
}

/** Up to the velocity limit, along it for `pause` seconds, and down. */
function cruise(task: JointTask, pause: number): Motion | undefined {
  const { jerk: j, aMax, aMin, vMax } = task;
  const [, v0, a0] = task.start;
  const [, vf, af] = task.target;
  const a1 = Math.min(aMax, Math.sqrt(Math.max(0, j * (vMax - v0) + (a0 * a0) / 2)));
  const a2 = Math.max(aMin, -Math.sqrt(Math.max(0, j * (vMax - vf) + (af * af) / 2)));
  return integrate(task, [
    [(a1 - a0) / j, j],
    [Math.max(0, (vMax - v0 - (2 * a1 * a1 - a0 * a0) / (2 * j)) / a1), 0],
    [a1 / j, -j],
    [pause, 0],
    [-a2 / j, -j],
    [Math.max(0, (vf - vMax - (af * af - 2 * a2 * a2) / (2 * j)) / a2), 0],
    [(af - a2) / j, j],
  ]);
}

/** All motions of the rising families for which `miss` is zero. */
function search(task: JointTask, grid: number, miss: (m: Motion) => number, found: (m: Motion) => void): void {
  const ramp = task.aMax - task.start[2];
  const longest = ramp + ((2.2 * (task.vMax - task.vMin)) / task.aMax) * task.jerk;
  for (const branch of BRANCHES) {
    const at = (u: number): Motion | undefined => follow(task, u, branch);
    for (const [from, to] of [
      [0, ramp],
      [ramp, longest],
    ]) {
      let u0 = from;
      let m0 = at(u0);
      for (let i = 1; i <= grid; i++) {
        const u1 = from + ((to - from) * i) / grid;
        const m1 = at(u1);
        between(at, miss, u0, m0, u1, m1, found);
        u0 = u1;
        m0 = m1;
      }
    }
  }
  const short = cruise(task, 0);
  const long = cruise(task, 1);
  if (short === undefined || long === undefined) return;
  const pause = miss(short) / (miss(short) - miss(long));
  if (pause >= 0) {
    const m = cruise(task, pause);
    if (m !== undefined) found(m);
  }
}

type Along = (u: number) => Motion | undefined;

/** Zeros of `miss` in one cell of the grid; where the branch begins or ends inside the cell, up to there. */
function between(
  at: Along,
  miss: (m: Motion) => number,
  u0: number,
  m0: Motion | undefined,
  u1: number,
  m1: Motion | undefined,
  found: (m: Motion) => void,
): void {
  if (m0 === undefined && m1 === undefined) return;
  if (m0 === undefined || m1 === undefined) {
    let good = m0 === undefined ? u1 : u0;
    let bad = m0 === undefined ? u0 : u1;
    for (let n = 0; n < 60; n++) {
      const middle = (good + bad) / 2;
      if (at(middle) === undefined) bad = middle;
      else good = middle;
    }
    const end = at(good);
    const whole = m0 ?? m1;
    if (end !== undefined && whole !== undefined) {
      if (Math.abs(miss(end)) < SLACK) found(end);
      bisect(at, miss, good, miss(end), m0 === undefined ? u1 : u0, miss(whole), found);
    }
    return;
  }
  const f0 = miss(m0);
  const f1 = miss(m1);
  if (f0 * f1 <= 0) {
    bisect(at, miss, u0, f0, u1, f1, found);
    return;
  }
  // Two zeros in one cell: where the magnitude dips inside, look on both sides of the dip.
  let lo = u0;
  let hi = u1;
  const value = (u: number): number => {
    const m = at(u);
    return m === undefined ? Number.NaN : miss(m) * Math.sign(f0);
  };
  const step = (u1 - u0) * 1e-4;
  if (!(value(u0 + step) < Math.abs(f0) && value(u1 - step) < Math.abs(f1))) return;
  for (let n = 0; n < 50; n++) {
    const a = lo + (hi - lo) * 0.4;
    const b = lo + (hi - lo) * 0.6;
    if (value(a) < value(b)) hi = b;
    else lo = a;
  }
  const dip = (lo + hi) / 2;
  const low = value(dip) * Math.sign(f0);
  if (low * f0 <= 0) {
    bisect(at, miss, u0, f0, dip, low, found);
    bisect(at, miss, dip, low, u1, f1, found);
  }
}

function bisect(
  at: Along,
  miss: (m: Motion) => number,
  u0: number,
  f0: number,
  u1: number,
  f1: number,
  found: (m: Motion) => void,
): void {
  if (f0 * f1 > 0) return;
  let lo = u0;
  let hi = u1;
  for (let n = 0; n < 100; n++) {
    const middle = (lo + hi) / 2;
    const m = at(middle);
    if (m === undefined) return;
    const f = miss(m);
    if (f * f0 > 0) lo = middle;
    else hi = middle;
    if (n === 99) found(m);
  }
}

/** Least duration [s] over all families; Infinity when there is none. A branch shorter than a cell of the grid is missed. */
export function shortestByBruteForce(task: JointTask, grid = 160): number {
  let best = Number.POSITIVE_INFINITY;
  for (const t of [task, mirrored(task)]) {
    const goal = t.target[0] - t.start[0];
    search(
      t,
      grid,
      (m) => m.distance - goal,
      (m) => {
        if (Math.abs(m.distance - goal) < 1e-6) best = Math.min(best, m.time);
      },
    );
  }
  return best;
}

/** Least and greatest distance of a motion that lasts exactly `time` [s]; undefined when there is none. */
export function reachByBruteForce(task: JointTask, time: number, grid = 160): readonly [number, number] | undefined {
  const range = [task, mirrored(task)].map((t) => {
    let most = Number.NEGATIVE_INFINITY;
    search(
      t,
      grid,
      (m) => m.time - time,
      (m) => {
        if (Math.abs(m.time - time) < 1e-6) most = Math.max(most, m.distance);
      },
    );
    return most;
  });
  return range.includes(Number.NEGATIVE_INFINITY) ? undefined : [-range[1], range[0]];
}
