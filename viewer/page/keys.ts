import { drawsLine, usePreset, windowPresets } from '../state/display.ts';
import { pageKeys } from '../state/keys.ts';
import { goToDoseMaximum, goToIsocenter, nextLayout } from '../state/view-actions.ts';
import { history } from '../state/workspace.ts';

pageKeys('Anywhere', [
  { keys: ['Ctrl+z'], what: 'undo the last change of objectives, beams or protocol', act: () => history.undo() },
  { keys: ['Ctrl+y', 'Ctrl+Z'], what: 'do it again', act: () => history.redo() },
]);

pageKeys('Views', [
  { keys: ['v'], what: 'next arrangement', act: nextLayout },
  { keys: ['i'], what: 'crosshair to the isocentre', act: goToIsocenter },
  { keys: ['m'], what: 'crosshair to the dose maximum', act: goToDoseMaximum },
  {
    keys: ['p'],
    what: 'line of the profile: drag it on a slice',
    act: () => {
      drawsLine.value = !drawsLine.value;
    },
  },
  ...windowPresets.map(([name], n) => ({
    keys: [String(n + 1)],
    what: `window: ${name.toLowerCase()}`,
    act: () => usePreset(n),
  })),
]);
