import { ExpertWeights } from '../experts.ts';
import type { SignalModel } from '../predictor.ts';
import { Direct } from './direct.ts';
import { Recall } from './recall.ts';

const KEEP = 0.98;
const SHARPNESS = 1;
const OWN_SEC = 5;
const CROSSED_SEC = 2.5;
const MEMORY_SEC = 50;
const REMEMBERED_SEC = 300;

interface Expert {
  reset(x: Float64Array): void;
  update(x: Float64Array): void;
  predict(out: Float64Array): void;
}

/** Breathing predicted over one horizon by recall and two regressions, weighed by how near each came lately. */
export class BreathModel implements SignalModel {
  readonly maxHorizonSec: number;
  readonly warmUpSec = 30;
  readonly #axes: number;
  readonly #ahead: number;
  readonly #aheadSec: number;
  readonly #experts: readonly Expert[];
  readonly #weights: ExpertWeights;
  readonly #answers: Float64Array;
  readonly #answer: Float64Array;
  readonly #losses: Float64Array;
  readonly #last: Float64Array;
  readonly #moved: Float64Array;
  #count = 0;

  constructor(axes: number, rateHz: number, horizonSec: number, maxHorizonSec: number) {
    this.maxHorizonSec = maxHorizonSec;
    this.#axes = axes;
    this.#ahead = Math.max(1, Math.round(horizonSec * rateHz));
    this.#aheadSec = this.#ahead / rateHz;
    const ahead = this.#ahead;
    const order = (sec: number): number => Math.max(4, Math.round(sec * rateHz));
    this.#experts = [
      new Recall(axes, ahead, Math.round(REMEMBERED_SEC * rateHz)),
      new Direct(axes, rateHz, ahead, { order: order(OWN_SEC), crossed: false, memorySec: MEMORY_SEC }),
      new Direct(axes, rateHz, ahead, { order: order(CROSSED_SEC), crossed: true, memorySec: MEMORY_SEC }),
    ];
    this.#weights = new ExpertWeights(this.#experts.length, KEEP, SHARPNESS);
    this.#answers = new Float64Array((ahead + 1) * this.#experts.length * axes);
    this.#answer = new Float64Array(axes);
    this.#losses = new Float64Array(this.#experts.length);
    this.#last = new Float64Array(axes);
    this.#moved = new Float64Array(axes);
  }

  reset(x: Float64Array): void {
    for (let e = 0; e < this.#experts.length; e++) this.#experts[e].reset(x);
    this.#weights.reset();
    this.#last.set(x);
    this.#moved.fill(0);
    this.#count = 0;
  }

  update(x: Float64Array): void {
    this.#last.set(x);
    const slots = this.#ahead + 1;
    const experts = this.#experts.length;
    const due = ((this.#count + 1) % slots) * experts * this.#axes;
    if (this.#count >= this.#ahead) {
      this.#losses.fill(0);
      for (let e = 0; e < experts; e++) {
        for (let a = 0; a < this.#axes; a++) this.#losses[e] += (this.#answers[due + e * this.#axes + a] - x[a]) ** 2;
      }
      this.#weights.judge(this.#losses);
    }
    const slot = (this.#count % slots) * experts * this.#axes;
    this.#moved.fill(0);
    for (let e = 0; e < experts; e++) {
      this.#experts[e].update(x);
      this.#experts[e].predict(this.#answer);
      for (let a = 0; a < this.#axes; a++) {
        this.#answers[slot + e * this.#axes + a] = x[a] + this.#answer[a];
        this.#moved[a] += this.#weights.weights[e] * this.#answer[a];
      }
    }
    this.#count++;
  }

  /** Between now and the horizon in proportion, beyond it no farther. */
  predict(aheadSec: number, out: Float64Array): void {
    const share = Math.min(1, aheadSec / this.#aheadSec);
    for (let a = 0; a < this.#axes; a++) out[a] = this.#last[a] + share * this.#moved[a];
  }
}
