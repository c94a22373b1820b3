import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Beam } from '../../planners/radiation/beams/beam.ts';
import { fieldHalfMm } from '../../planners/radiation/beams/beam.ts';
import type { PatientView } from '../engine/messages.ts';
import { css, doseColor } from '../state/colors.ts';
import { chosenBeam, hidden } from '../state/display.ts';
import { fluenceOf, mostMu } from '../state/fluence.ts';
import { fault, prepared } from '../state/workspace.ts';
import { drawBeam } from './beam-picture.ts';
import type { BeamImage, BeamImageAnswer, BeamImageRequest } from './beam-worker.ts';

/** Pixels along a side of the radiograph. */
const PIXELS = 256;
/** Shown around the field [mm, isocentre plane]. */
const MARGIN_MM = 40;

/** Beam's-eye view: radiograph, structures and fluence of one beam, seen from its source. */
export function BeamPanel({ patient }: { readonly patient: PatientView }) {
  const chosen = chosenBeam;
  const opacity = useSignal(0.5);
  const canvas = useRef<HTMLCanvasElement>(null);
  const worker = useSignal<Worker | undefined>(undefined);
  const shown = useSignal<{ readonly image: BeamImage; readonly beam: Beam } | undefined>(undefined);
  const beams = prepared.value?.beams ?? [];
  const beam = beams[Math.min(chosen.value, beams.length - 1)];
  const structures = patient.structures
    .map((structure, place) => ({ ...structure, place }))
    .filter(({ role, voxels }) => role !== 'external' && voxels.length > 0);

  useEffect(() => {
    const made = new Worker(new URL('./beam-worker.ts', import.meta.url), { type: 'module' });
    worker.value = made;
    return () => made.terminate();
  }, []);

  useEffect(() => {
    const ask = worker.value;
    if (ask === undefined || beam === undefined) return;
    const halfMm = fieldHalfMm(beam) + MARGIN_MM;
    const eye = { transform: beam.transform, sadMm: beam.sadMm, halfMm, pixels: PIXELS };
    const request: BeamImageRequest = {
      id: performance.now(),
      grid: patient.grid,
      hu: patient.hu,
      eye,
      structures: structures.map(({ voxels }) => voxels),
    };
    const hear = ({ data }: MessageEvent<BeamImageAnswer>): void => {
      if (data.id !== request.id) return;
      if ('fault' in data) fault.value = data.fault;
      else shown.value = { image: data.image, beam };
    };
    ask.addEventListener('message', hear);
    ask.postMessage(request);
    return () => ask.removeEventListener('message', hear);
  }, [worker.value, beam, patient]);

  useSignalEffect(() => {
    const picture = shown.value;
    if (canvas.current === null || picture === undefined) return;
    const names = hidden.value;
    const visible = structures.map(({ name }) => !names.has(name));
    const { image } = picture;
    drawBeam(canvas.current, {
      image: { ...image, outlines: image.outlines.map((lines, n) => (visible[n] ? lines : [])) },
      beam: picture.beam,
      structures,
      weights: fluenceOf(picture.beam),
      mostMu: mostMu.value,
      fluenceOpacity: opacity.value,
    });
  });

  if (beam === undefined) return <p class="faint">The beams are not placed yet.</p>;
  const name = (n: number, { gantryDeg, couchDeg }: Beam): string =>
    `${n + 1}: gantry ${gantryDeg.toFixed(1)}°, couch ${couchDeg.toFixed(1)}°`;
  return (
    <section aria-label="Beam's-eye view">
      <div class="row">
        <label>
          Beam{' '}
          <select
            value={String(beams.indexOf(beam))}
            onChange={(event) => (chosen.value = Number(event.currentTarget.value))}
          >
            {beams.map((one, n) => (
              <option key={n} value={String(n)}>
                {name(n, one)}
              </option>
            ))}
          </select>
        </label>
        {(
          [
            ['Previous beam', '‹', -1],
            ['Next beam', '›', 1],
          ] as const
        ).map(([title, sign, step]) => (
          <button
            key={title}
            type="button"
            aria-label={title}
            title={title}
            onClick={() => (chosen.value = (beams.indexOf(beam) + step + beams.length) % beams.length)}
          >
            {sign}
          </button>
        ))}
      </div>
      <canvas
        ref={canvas}
        class="beam"
        role="img"
        data-beam={shown.value === undefined ? '' : beams.indexOf(shown.value.beam)}
        aria-label={`Beam's-eye view of beam ${name(beams.indexOf(beam), beam)}, collimator ${beam.collimatorDeg.toFixed(1)} degrees: radiograph, structures, field and fluence`}
      />
      <div class="row">
        <label>
          Fluence{' '}
          <input
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={opacity.value}
            aria-label="Opacity of the fluence"
            onInput={(event) => (opacity.value = Number(event.currentTarget.value))}
          />
        </label>
        <FluenceBar />
      </div>
      <p class="faint">
        From the source, collimator axes X to the right and Y up (IEC 61217), ticks every 10 mm at the isocentre; the
        field outlined, its jaws dashed.
      </p>
    </section>
  );
}

function FluenceBar() {
  const most = mostMu.value;
  const stops = Array.from({ length: 11 }, (_, n) => css(doseColor(n / 10)));
  if (most === 0) return <span class="faint">No fluence yet</span>;
  return (
    <div class="colorbar" role="img" aria-label={`Fluence colours from 0 to ${most.toFixed(1)} MU`}>
      <span>0</span>
      <span class="bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span>{most.toFixed(1)} MU</span>
    </div>
  );
}
