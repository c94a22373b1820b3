import { useEffect, useRef } from 'preact/hooks';
import { history, objectives } from '../state/workspace.ts';
import { isTyping, pageKeys } from './keys.ts';

const keys = [
  ['Arrows, PgUp, PgDn, Home, End', 'slices of the view with the focus; turn the anatomy'],
  ['Shift and arrows', 'crosshair within the slice'],
  ['+ and -, 0', 'zoom, the whole slice'],
  ['1 to 5', 'windows: soft tissue, lung, bone, head, all'],
  ['v', 'next arrangement of the views'],
  ['i, m', 'crosshair to the isocentre, to the dose maximum'],
  ['p', 'line of the profile: drag it on a slice'],
  ['Drag', 'crosshair or line; with Shift the window; right button: pan'],
  ['Wheel', 'slices; with Ctrl zoom'],
  ['Ctrl+Z, Ctrl+Y', 'undo and redo of objectives'],
  ['?', 'this list'],
] as const;

/** The keyboard map, under `?`. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.defaultPrevented) return;
      if (!(event.ctrlKey || event.metaKey || event.altKey)) {
        if (event.key === '?') dialog.current?.showModal();
        pageKeys[event.key]?.();
      } else if (event.key === 'z') history.undo(objectives.value);
      else if (event.key === 'y') history.redo(objectives.value);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()} aria-label="Keys">
        ?
      </button>
      <dialog ref={dialog} aria-label="Keys">
        <table>
          <tbody>
            {keys.map(([key, what]) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}
