import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { StopButton } from '../guide/stop-button.tsx';
import { Stage } from '../scene/stage.ts';
import { DeviceDose } from '../slices/device-dose.ts';
import { SliceImages } from '../slices/slice-images.ts';
import { sliceStyle } from '../slices/slice-style.ts';
import { fieldsSent, gamma, other } from '../state/comparison.ts';
import { layout } from '../state/display.ts';
import { openDropped } from '../state/opening.ts';
import { notice, place, rebuild, stopDrawing } from '../state/place.ts';
import { deviceDose, doseVersion, fault, patient, report, shapes } from '../state/workspace.ts';
import { Empty } from './empty.tsx';
import { FileMenu } from './file-menu.tsx';
import { FilesWork } from './files-work.tsx';
import { Help } from './help.tsx';
import { Panels } from './panels.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import { ViewBar } from './view-bar.tsx';
import { Views } from './views.tsx';

/** The whole page: four views of one canvas, and the panels beside them. */
export function Workspace() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useSignal<Stage | undefined>(undefined);
  const images = useSignal<SliceImages | undefined>(undefined);

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
        if (!isOld) stopDrawing(error instanceof Error ? error.message : String(error));
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
    const before = images.peek();
    images.value = view === undefined ? undefined : new SliceImages(view.grid, view.huHalf);
    before?.dispose();
  });

  useSignalEffect(() => {
    const view = patient.value;
    if (stage.value?.backend !== 'webgpu' || images.value === undefined || view === undefined) return;
    const shown = new DeviceDose(stage.value, images.value, view);
    deviceDose.show = shown.show;
    return () => {
      deviceDose.show = undefined;
      shown.dispose();
    };
  });

  const filled = useRef<{ images: SliceImages; stage: Stage } | undefined>(undefined);
  useSignalEffect(() => {
    const view = patient.value;
    const to = { images: images.value, stage: stage.value };
    if (to.images === undefined || to.stage === undefined || view === undefined || doseVersion.value === 0) return;
    const isNew = filled.current?.images !== to.images || filled.current.stage !== to.stage;
    // A dose that came there on the device is newer than its copy here.
    if (isNew || report.peek()?.isOnDevice !== true) to.images.setDose(view.doseHalf);
    filled.current = { images: to.images, stage: to.stage };
    to.stage.draw();
  });

  useSignalEffect(() => {
    const compared = other.value;
    if (images.value === undefined) return;
    images.value.setField('other', compared?.gy);
    void shapes.setField('other', compared?.gy);
    fieldsSent.value = fieldsSent.peek() + 1;
    stage.value?.draw();
  });

  useSignalEffect(() => {
    const result = gamma.value;
    if (images.value === undefined) return;
    images.value.setField('gamma', result?.gamma);
    void shapes.setField('gamma', result?.gamma);
    fieldsSent.value = fieldsSent.peek() + 1;
    stage.value?.draw();
  });

  useSignalEffect(() => {
    images.value?.setStyle(sliceStyle.value);
    stage.value?.draw();
  });

  const view = patient.value;
  return (
    <main
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (event.dataTransfer !== null) openDropped(event.dataTransfer);
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
      <ViewBar />
      <div class="stage" data-layout={layout.value}>
        <canvas key={where?.number} ref={canvas} class="gl" />
        {view !== undefined && stage.value !== undefined && images.value !== undefined ? (
          <Views patient={view} stage={stage.value} images={images.value} />
        ) : (
          <Empty />
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
      <strong>{sentence(shown.message)}</strong> {sentence(shown.hint.charAt(0).toUpperCase() + shown.hint.slice(1))}{' '}
      <button type="button" onClick={() => (fault.value = undefined)}>
        Dismiss
      </button>
    </div>
  );
}

/** Errors are made for a command line, too, which puts its own marks between the two. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

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
