import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { droppedFiles } from '../files/pick.ts';
import { StopButton } from '../guide/stop-button.tsx';
import { AnatomyView } from '../scene/anatomy-view.tsx';
import { Stage } from '../scene/stage.ts';
import { SliceMaterial } from '../slices/slice-material.ts';
import { SliceView } from '../slices/slice-view.tsx';
import { doseStyle, windowing } from '../state/display.ts';
import { openSource } from '../state/opening.ts';
import { notice, place, rebuild } from '../state/place.ts';
import { doseVersion, fault, patient, prescriptionGy } from '../state/workspace.ts';
import { FileMenu } from './file-menu.tsx';
import { FilesWork } from './files-work.tsx';
import { Help } from './help.tsx';
import { Panels } from './panels.tsx';
import { ThemeChoice } from './theme-choice.tsx';

/** The whole page: four views of one canvas, and the panels beside them. */
export function Workspace() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useSignal<Stage | undefined>(undefined);
  const material = useSignal<SliceMaterial | undefined>(undefined);

  const where = place.value;
  useEffect(() => {
    if (canvas.current === null || where === undefined) return;
    let isOld = false;
    Stage.create(canvas.current, where.gpu?.gpu).then(
      (made) => {
        if (isOld) return made.dispose();
        stage.value = made;
        made.onLost = (reason) => {
          // A lost GPUDevice tells itself.
          if (where.gpu === undefined) void rebuild(reason);
        };
        document.documentElement.dataset.renderer = made.backend;
      },
      (error: unknown) => {
        const message = `the page cannot draw: ${error instanceof Error ? error.message : String(error)}`;
        fault.value = {
          code: 'viewer/renderer',
          message,
          hint: 'use a browser with WebGL 2 or WebGPU',
          origin: 'input',
        };
      },
    );
    return () => {
      isOld = true;
      stage.value?.dispose();
      stage.value = undefined;
    };
  }, [where]);

  useSignalEffect(() => {
    const view = patient.value;
    const before = material.peek();
    material.value = view === undefined ? undefined : new SliceMaterial(view.grid, view.huHalf);
    before?.dispose();
  });

  useSignalEffect(() => {
    const shown = material.value;
    const view = patient.value;
    if (shown === undefined || view === undefined || doseVersion.value === 0) return;
    shown.setDose(view.doseHalf);
    stage.value?.draw();
  });

  useSignalEffect(() => {
    const { centre, width } = windowing.value;
    const { opacity, showsWash, cutoffPercent } = doseStyle.value;
    material.value?.setWindow(centre, width);
    const rx = prescriptionGy.value;
    material.value?.setDoseStyle(1.07 * rx, (cutoffPercent * rx) / 100, showsWash ? opacity : 0);
    stage.value?.draw();
  });

  const view = patient.value;
  const isReady = stage.value !== undefined && material.value !== undefined && view !== undefined;
  return (
    <main
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (event.dataTransfer !== null) void openDropped(event.dataTransfer);
      }}
    >
      <header>
        <Brand />
        <FileMenu />
        <FilesWork />
        <span class="end" />
        <ThemeChoice />
        <Help />
        <StopButton />
      </header>
      <Fault />
      <Notice />
      <div class="stage">
        <canvas key={where?.number} ref={canvas} class="gl" />
        {isReady && stage.value !== undefined && material.value !== undefined ? (
          <>
            <SliceView key={`2 ${view.id}`} axis={2} patient={view} stage={stage.value} material={material.value} />
            <AnatomyView key={`s ${view.id}`} patient={view} stage={stage.value} />
            <SliceView key={`1 ${view.id}`} axis={1} patient={view} stage={stage.value} material={material.value} />
            <SliceView key={`0 ${view.id}`} axis={0} patient={view} stage={stage.value} material={material.value} />
          </>
        ) : (
          <p class="empty">
            Open a phantom, or drop the folder of a patient here.
            <br />
            Everything computes in this page; nothing leaves this computer.
          </p>
        )}
      </div>
      <Panels />
    </main>
  );
}

function Brand() {
  return (
    <div class="brand">
      <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
        <circle cx="10" cy="10" r="6" />
        <path d="M10 0v7M10 13v7M0 10h7M13 10h7" />
      </svg>
      <h1>isocenter</h1>
      <p>
        For research,
        <br />
        not for clinical use
      </p>
    </div>
  );
}

function Fault() {
  const shown = fault.value;
  if (shown === undefined) return null;
  return (
    <div class="fault" role="alert">
      <strong>{shown.message}</strong> {shown.hint}
      <button type="button" onClick={() => (fault.value = undefined)}>
        Dismiss
      </button>
    </div>
  );
}

function Notice() {
  const shown = notice.value;
  if (shown === undefined) return null;
  return (
    <div class="notice" role="status" data-testid="notice">
      {shown}
      <button type="button" onClick={() => (notice.value = undefined)}>
        Dismiss
      </button>
    </div>
  );
}

async function openDropped(data: DataTransfer): Promise<void> {
  const files = await droppedFiles(data);
  if (files.length > 0) openSource({ kind: 'files', files });
}
