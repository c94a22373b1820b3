import { pickedFiles } from '../files/pick.ts';
import { type ExportForm, exportForms } from '../files/write/forms.ts';
import { canSave, exportPlan, openSource, planAtRest, saveSession } from '../state/opening.ts';
import { closePatient, patient } from '../state/workspace.ts';
import { Menu } from './menu.tsx';

export const phantoms = [
  ['tg119-cshape', 'C-shape (TG-119)'],
  ['head-and-neck', 'Head and neck (TG-119)'],
  ['prostate', 'Prostate (TG-119)'],
  ['multi-target', 'Multi-target (TG-119)'],
] as const;

let folder: HTMLInputElement | null = null;

/** Asks for the folder of a patient. */
export function pickFolder(): void {
  folder?.click();
}

/** Opens phantoms and the user's own files, saves and exports; nothing leaves the page. */
export function FileMenu() {
  const isOpen = patient.value !== undefined;
  return (
    <>
      <Menu
        title="File"
        groups={[
          {
            items: [
              { title: 'Open folder…', act: pickFolder },
              { title: 'Open files or session…', act: pickFiles },
            ],
          },
          {
            title: 'Phantoms',
            items: phantoms.map(([name, title]) => ({
              title,
              act: () => openSource({ kind: 'phantom', name, voxelMm: 3 }),
            })),
          },
          {
            items: [
              {
                title: isOpen && !canSave.value ? 'Save session (once the plan is at rest)' : 'Save session',
                isDisabled: !canSave.value,
                act: saveSession,
              },
            ],
          },
          {
            title: planAtRest.value === undefined ? 'Export (once a plan is at rest)' : 'Export',
            items: (Object.entries(exportForms) as [ExportForm, string][]).map(([form, title]) => ({
              title,
              isDisabled: planAtRest.value === undefined,
              act: () => exportPlan(form),
            })),
          },
          { items: [{ title: 'Close', isDisabled: !isOpen, act: closePatient }] },
        ]}
      />
      <input
        type="file"
        class="sr"
        multiple
        tabIndex={-1}
        aria-label="Folder of a patient"
        ref={(element) => {
          folder = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        onChange={({ currentTarget }) => open(currentTarget)}
      />
    </>
  );
}

/** Asks for single files: DICOM, volumes, a session, a protocol. */
export function pickFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => open(input));
  input.click();
}

function open(input: HTMLInputElement): void {
  const files = pickedFiles(input.files ?? []);
  // The same folder may be picked again.
  input.value = '';
  if (files.length > 0) openSource({ kind: 'files', files });
}
