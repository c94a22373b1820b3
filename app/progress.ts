const clearLine = '\r\u001b[2K';
const redrawMs = 80;

/** One line on a terminal that is written over and over; silent where the stream is none. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #dirty = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows `text`, unless the line was redrawn a moment ago; `now` shows it in any case. */
  show(text: string, now = false): void {
    if (!this.#stream.isTTY) return;
    const time = performance.now();
    if (!now && time - this.#drawnAt < redrawMs) return;
    this.#drawnAt = time;
    this.#dirty = true;
    this.#stream.write(`${clearLine}${text.slice(0, (this.#stream.columns || 80) - 1)}`);
  }

  clear(): void {
    if (this.#dirty) this.#stream.write(clearLine);
    this.#dirty = false;
  }
}
