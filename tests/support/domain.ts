/** A domain of DDS, and the one after it, that this process has to itself as far as chance allows: runs side by side do not meet. */
export function testDomain(): number {
  return 140 + 2 * (process.pid % 45);
}
