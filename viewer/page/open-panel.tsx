import { useSignal } from '@preact/signals';
import type { NamedBytes } from '../engine/messages.ts';
import { activity, fault, openSource } from '../state/workspace.ts';

const phantoms = [
  ['tg119-cshape', 'TG-119 C-shape'],
  ['head-and-neck', 'TG-119 head and neck'],
  ['prostate', 'TG-119 prostate'],
  ['multi-target', 'TG-119 multi-target'],
] as const;

/** Opens a phantom, or a patient of OpenKBP from a folder of the user's; nothing leaves the page. */
export function OpenPanel() {
  const chosen = useSignal('tg119-cshape');
  return (
    <div class="row open">
      <label>
        <span class="sr">Phantom</span>
        <select
          value={chosen.value}
          aria-label="Phantom"
          onChange={(event) => (chosen.value = event.currentTarget.value)}
        >
          {phantoms.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => openSource({ kind: 'phantom', name: chosen.value, voxelMm: 3 })}>
        Open phantom
      </button>
      <label class="button">
        Open folder
        <input
          type="file"
          class="sr"
          multiple
          ref={(element) => element?.setAttribute('webkitdirectory', '')}
          onChange={(event) => void openFiles([...(event.currentTarget.files ?? [])])}
        />
      </label>
      <span class="faint">{activity.value === 'opening' ? 'reading' : ''}</span>
    </div>
  );
}

/** Files of one folder, dropped or picked. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const csv = files.filter(({ name }) => name.endsWith('.csv'));
  if (!csv.some(({ name }) => name === 'ct.csv')) {
    fault.value = {
      code: 'viewer/unknown-files',
      message: `${files.length} files were given, and none of them is ct.csv`,
      hint: 'give the folder of one OpenKBP patient',
      origin: 'input',
    };
    return;
  }
  const read = await Promise.all(
    csv
      .filter(({ name }) => name !== 'dose.csv')
      .map(async (file): Promise<NamedBytes> => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const path = csv[0].webkitRelativePath || csv[0].name;
  openSource({ kind: 'openkbp', id: path.split('/').at(-2) ?? 'patient', files: read });
}
