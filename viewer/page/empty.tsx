import { filesWork, openSource } from '../state/opening.ts';
import { patient } from '../state/workspace.ts';
import { phantoms, pickFiles, pickFolder } from './file-menu.tsx';

/** What stands in the place of the views while there is nothing to show, and how to come by something. */
export function Empty() {
  // A patient that is there waits for the renderer; one that is read says so in the header.
  if (patient.value !== undefined || filesWork.value !== undefined) return null;
  return (
    <div class="empty">
      <h2>No patient is open</h2>
      <p>
        Drop a folder or files here: DICOM (CT, structures, doses), OpenKBP, NIfTI, NRRD, MetaImage, or a saved session.
        Everything computes in this page; nothing leaves this computer.
      </p>
      <div class="row">
        <button type="button" class="primary" onClick={pickFolder}>
          Open folder…
        </button>
        <button type="button" onClick={pickFiles}>
          Open files…
        </button>
      </div>
      <p class="faint">Or begin with a phantom of TG-119:</p>
      <div class="row">
        {phantoms.map(([name, title]) => (
          <button key={name} type="button" onClick={() => openSource({ kind: 'phantom', name, voxelMm: 3 })}>
            {title.replace(' (TG-119)', '')}
          </button>
        ))}
      </div>
    </div>
  );
}
