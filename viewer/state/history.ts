import { signal } from '@preact/signals';

/** Steps back and forth through what the user chose. */
export class History<T> {
  readonly canUndo = signal(false);
  readonly canRedo = signal(false);
  readonly #present: () => T;
  readonly #restore: (value: T) => void;
  #past: T[] = [];
  #future: T[] = [];

  constructor(present: () => T, restore: (value: T) => void) {
    this.#present = present;
    this.#restore = restore;
  }

  /** What is there now is what a change that is about to be made can be taken back to. */
  keep(): void {
    this.#past = [...this.#past.slice(-99), this.#present()];
    this.#future = [];
    this.#tell();
  }

  undo(): void {
    const before = this.#past.pop();
    if (before === undefined) return;
    this.#future.push(this.#present());
    this.#tell();
    this.#restore(before);
  }

  redo(): void {
    const after = this.#future.pop();
    if (after === undefined) return;
    this.#past.push(this.#present());
    this.#tell();
    this.#restore(after);
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
    this.#tell();
  }

  #tell(): void {
    this.canUndo.value = this.#past.length > 0;
    this.canRedo.value = this.#future.length > 0;
  }
}
