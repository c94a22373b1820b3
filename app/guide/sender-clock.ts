/** How much the sender's clock may run slower than ours: the least delay seen is forgotten at this pace [s/s]. */
const DRIFT = 1e-4;
/** A delay that is longer than the least by more than that is another clock, not a slow message [s]. */
const ANOTHER_CLOCK_SEC = 0.5;

/**
 * Tells when things happened at a sender, on our clock, from the stamps it gives them. Messages come with delays that change;
 * the shortest one counts as none. What was measured evenly is even again, however unevenly it came.
 */
export class SenderClock {
  #offsetSec = Number.NaN;
  #arrivedSec = 0;

  /**
   * @param stampSec when it happened, on the sender's clock; undefined where nobody says
   * @param arrivedSec when it came, on ours
   * @returns when it happened, on ours; not later than it came
   */
  toOurs(stampSec: number | undefined, arrivedSec: number): number {
    if (stampSec === undefined || !Number.isFinite(stampSec)) return arrivedSec;
    const offset = arrivedSec - stampSec;
    const slack = DRIFT * (arrivedSec - this.#arrivedSec);
    this.#arrivedSec = arrivedSec;
    const isAnother = !(Math.abs(offset - this.#offsetSec) <= ANOTHER_CLOCK_SEC);
    this.#offsetSec = isAnother ? offset : Math.min(offset, this.#offsetSec + slack);
    return stampSec + this.#offsetSec;
  }
}
