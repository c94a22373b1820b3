/** Calls what a user gave us: what it throws is the program's to see, and does not stop the wire. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
