import { signal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { listedKeys, pageKeys } from '../state/keys.ts';
import './keys.ts';
import { showDialog } from './dialogs.ts';
import { isKept } from './offline.ts';

const isOpen = signal(false);

pageKeys('Help', [
  {
    keys: ['?'],
    what: 'this list',
    act: () => {
      isOpen.value = true;
    },
  },
]);

const names: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page up',
  PageDown: 'Page down',
  Escape: 'Esc',
  ' ': 'Space',
};

/** As keyboards have them: `Ctrl+Z` is Ctrl, Shift and Z. */
function caption(key: string): string {
  const parts = /^((?:Ctrl\+|Shift\+)*)(.+)$/.exec(key);
  const [held, last] = parts === null ? ['', key] : [parts[1], parts[2]];
  const isUpper = held.startsWith('Ctrl') && /^[A-Z]$/.test(last);
  return held + (isUpper ? 'Shift+' : '') + (names[last] ?? (held === '' ? last : last.toUpperCase()));
}

/** All keys, under `?`, and whether the page would open without its server. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (isOpen.value) showDialog(dialog.current);
    else dialog.current?.close();
  });
  return (
    <>
      <button type="button" onClick={() => (isOpen.value = true)} aria-label="Keys" title="Keys (?)">
        ?
      </button>
      <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (isOpen.value = false)}>
        <form method="dialog" class="row">
          <h2 id="help-title">Keys</h2>
          <span class="end" />
          <button type="submit">Close</button>
        </form>
        <div class="keys">
          {listedKeys.value.map(({ where, rows }) => (
            <table key={where}>
              <caption>{where}</caption>
              <tbody>
                {rows.map(({ keys, what }) => (
                  <tr key={what}>
                    <th scope="row">
                      {keys.map((key) => (
                        <kbd key={key}>{caption(key)}</kbd>
                      ))}
                    </th>
                    <td>{what}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ))}
        </div>
        <p class="faint">
          {isKept.value
            ? 'This page is stored in the browser: it opens and plans without its server, too.'
            : 'This page needs its server to be opened again.'}
        </p>
      </dialog>
    </>
  );
}
