import { useEffect, useRef } from 'preact/hooks';
import { history, objectives } from '../state/workspace.ts';

const keys = [
  ['Arrows, PgUp, PgDn, Home, End', 'slices of the view with the focus; turn the anatomy'],
  ['+ and -', 'zoom'],
  ['Drag', 'crosshair; with Shift the window; right button: pan'],
  ['Wheel', 'slices; with Ctrl zoom'],
  ['Ctrl+Z, Ctrl+Y', 'undo and redo of objectives'],
  ['?', 'this list'],
] as const;

/** The keyboard map, under `?`. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === '?' && !isTyping) dialog.current?.showModal();
      if (!(event.ctrlKey || event.metaKey) || isTyping) return;
      if (event.key === 'z') history.undo(objectives.value);
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
