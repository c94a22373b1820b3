import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ShapesClient } from '../../viewer/engine/client.ts';
import type { ShapesAnswer, ShapesRequest, SliceLines } from '../../viewer/engine/messages.ts';

/** Stands in for the worker: keeps what it is asked, answers when told to. */
class HeldWorker {
  static last: HeldWorker;
  readonly asked: ShapesRequest[] = [];
  #listener: (event: { data: ShapesAnswer }) => void = () => {};

  constructor() {
    HeldWorker.last = this;
  }

  addEventListener(_: string, listener: (event: { data: ShapesAnswer }) => void): void {
    this.#listener = listener;
  }

  postMessage(request: ShapesRequest): void {
    this.asked.push(request);
  }

  terminate(): void {}

  /** Answers the n-th request with one line that tells which one it was. */
  answer(n: number): void {
    const { id, kind } = this.asked[n];
    const line: SliceLines = { of: n, points: new Float32Array(4), starts: Uint32Array.of(0, 2) };
    this.#listener({ data: kind === 'field' ? { id, kind: 'done' } : { id, kind: 'lines', lines: [line] } });
  }
}

beforeEach(() => vi.stubGlobal('Worker', HeldWorker));
afterEach(() => vi.unstubAllGlobals());

it('lines that are there come at once and are not asked for again; a new dose makes isolines new, not outlines', async () => {
  const shapes = new ShapesClient();
  const coming = [shapes.isolines('plan', 2, 5, [20, 40]), shapes.outlines(2, 5)];
  expect(shapes.isolines('plan', 2, 5, [20, 40])).toBe(coming[0]);
  const worker = HeldWorker.last;
  expect(worker.asked).toHaveLength(2);
  worker.answer(0);
  worker.answer(1);
  const [isolines, outlines] = await Promise.all(coming);
  expect(shapes.isolines('plan', 2, 5, [20, 40])).toBe(isolines);
  expect(shapes.isolines('plan', 2, 5, [20, 30])).toBeInstanceOf(Promise);
  void shapes.setField('plan', undefined);
  expect(shapes.isolines('plan', 2, 5, [20, 40])).toBeInstanceOf(Promise);
  expect(shapes.outlines(2, 5)).toBe(outlines);
});

it('an answer that was asked of an earlier dose is not kept', async () => {
  const shapes = new ShapesClient();
  const early = shapes.isolines('plan', 0, 3, [20]);
  void shapes.setField('plan', undefined);
  const late = shapes.isolines('plan', 0, 3, [20]);
  const worker = HeldWorker.last;
  worker.answer(0);
  await early;
  expect(shapes.isolines('plan', 0, 3, [20])).toBe(late);
  worker.answer(2);
  expect(await late).toMatchObject([{ of: 2 }]);
  expect(shapes.isolines('plan', 0, 3, [20])).toBe(await late);
});

it('nothing is kept of a patient that was closed', async () => {
  const shapes = new ShapesClient();
  const coming = shapes.outlines(1, 1);
  shapes.close();
  expect(await coming).toEqual([]);
  expect(shapes.outlines(1, 1)).toBeInstanceOf(Promise);
});
