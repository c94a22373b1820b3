import { drawsLine, usePreset, windowPresets } from '../state/display.ts';
import { goToDoseMaximum, goToIsocenter, nextLayout } from '../state/view-actions.ts';

/** Keys that work wherever the focus is, unless the user types. */
export const pageKeys: Readonly<Record<string, () => void>> = {
  ...Object.fromEntries(windowPresets.map((_, n) => [String(n + 1), () => usePreset(n)])),
  v: nextLayout,
  i: goToIsocenter,
  m: goToDoseMaximum,
  p: () => {
    drawsLine.value = !drawsLine.value;
  },
};

/** Whether a key is meant for what has the focus. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  );
}
