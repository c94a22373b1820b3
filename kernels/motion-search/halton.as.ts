// The Halton sequence, one prime base a dimension, turned by a shift of the seed (Cranley and Patterson 1976).
// State of a dimension, 32 bytes: numerator, denominator, base, shift, denominator / base, 4 unused, 1 / denominator (f64).

/** The next point in [0, 1)^dim, scaled to the limits [dim][2]: lower, span. */
export function nextHalton(state: usize, dim: i32, limits: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>dim; i++) {
    const at = state + (i << 5);
    let n = load<u32>(at);
    let d = load<u32>(at, 4);
    const base = load<u32>(at, 8);
    const rest = d - n;
    if (rest == 1) {
      n = 1;
      store<u32>(at, d, 16);
      d *= base;
      store<u32>(at, d, 4);
      store<f64>(at, 1 / <f64>d, 24);
    } else {
      let y = load<u32>(at, 16);
      while (y >= rest) y /= base;
      n = (base + 1) * y - rest;
    }
    store<u32>(at, n);
    let u = <f32>(<f64>n * load<f64>(at, 24)) + load<f32>(at, 12);
    if (u >= 1) u -= 1;
    store<f32>(out + (i << 2), load<f32>(limits + (i << 3)) + u * load<f32>(limits + (i << 3), 4));
  }
}
