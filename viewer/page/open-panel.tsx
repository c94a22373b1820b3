import { useSignal } from '@preact/signals';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import type { NamedBytes } from '../engine/messages.ts';
import { activity, fault, openSource } from '../state/workspace.ts';

const phantoms = [
  ['tg119-cshape', 'TG-119 C-shape'],
  ['head-and-neck', 'TG-119 head and neck'],
  ['prostate', 'TG-119 prostate'],
  ['multi-target', 'TG-119 multi-target'],
] as const;

/** Opens a phantom, or a patient (DICOM or OpenKBP) from a folder of the user's; nothing leaves the page. */
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

/** Files of one folder, dropped or picked: an OpenKBP patient where there is a ct.csv, else DICOM. */
export async function openFiles(files: readonly File[]): Promise<void> {
  activity.value = 'opening';
  fault.value = undefined;
  const isOpenKbp = files.some(({ name }) => name === 'ct.csv');
  const wanted = isOpenKbp ? files.filter(({ name }) => name.endsWith('.csv')) : files;
  const read: NamedBytes[] = [];
  for (const file of wanted) {
    if (!isOpenKbp && !looksLikeDicom(new Uint8Array(await file.slice(0, 512).arrayBuffer()))) continue;
    read.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  if (read.length === 0) {
    activity.value = 'idle';
    fault.value = {
      code: 'viewer/unknown-files',
      message: `${files.length} files were given, and none of them is ct.csv or a DICOM file`,
      hint: 'give the folder of one patient: DICOM (CT and structure set) or OpenKBP',
      origin: 'input',
    };
    return;
  }
  const path = files[0].webkitRelativePath || files[0].name;
  openSource({ kind: isOpenKbp ? 'openkbp' : 'dicom', id: path.split('/').at(-2) ?? 'patient', files: read });
}
