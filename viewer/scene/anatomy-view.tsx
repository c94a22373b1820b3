import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PatientView, SliceAxis } from '../engine/messages.ts';
import { IsodoseLegend } from '../slices/isodose-legend.tsx';
import type { SliceImages } from '../slices/slice-images.ts';
import { sliceStyle } from '../slices/slice-style.ts';
import { structureColor } from '../state/colors.ts';
import { chosenBeam, clipping, crosshair, doseCloud, hidden, panel, placePicker } from '../state/display.ts';
import { shownLevels } from '../state/dose-display.ts';
import { viewKeys } from '../state/keys.ts';
import { activity, doseVersion, prepared, report, shapes } from '../state/workspace.ts';
import { AnatomyScene } from './anatomy-scene.ts';
import { DoseVolume } from './dose-volume.ts';
import { keepRobotIn } from './robot-in-view.ts';
import type { Stage } from './stage.ts';

/** Name, and where the eye stands: azimuth and elevation [rad]. */
const standardViews = [
  ['Front', 0, 0],
  ['Left', Math.PI / 2, 0],
  ['Top', 0, 1.5],
] as const;

/** The pointer has not been dragged when it has moved no more [px]. */
const CLICK_PX = 4;

interface SpaceActions {
  /** [px] */
  readonly turn: (dx: number, dy: number) => void;
  readonly zoom: (factor: number) => void;
  readonly look: (from: (typeof standardViews)[number]) => void;
}

const press = viewKeys<SpaceActions>(
  'Anatomy with the focus',
  [
    { keys: ['ArrowLeft'], what: 'turn left', act: ({ turn }) => turn(-20, 0) },
    { keys: ['ArrowRight'], what: 'turn right', act: ({ turn }) => turn(20, 0) },
    { keys: ['ArrowUp'], what: 'turn up', act: ({ turn }) => turn(0, -20) },
    { keys: ['ArrowDown'], what: 'turn down', act: ({ turn }) => turn(0, 20) },
    { keys: ['+', '='], what: 'nearer', act: ({ zoom }) => zoom(0.85) },
    { keys: ['-'], what: 'farther', act: ({ zoom }) => zoom(1.18) },
    { keys: ['a'], what: 'from the front', act: ({ look }) => look(standardViews[0]) },
    { keys: ['l'], what: 'from the left', act: ({ look }) => look(standardViews[1]) },
    { keys: ['s'], what: 'from above the head', act: ({ look }) => look(standardViews[2]) },
  ],
  [
    ['Drag', 'turn'],
    ['Click', 'name of what is there, crosshair to it; of a beam, the Beam tab'],
    ['Wheel', 'nearer and farther'],
  ],
);

/** The cut as it stands: the axis that it is square to, where it is [mm], and whether the other side is kept. */
function cutOf(): readonly [axis: SliceAxis | undefined, atMm: number, isFlipped: boolean] {
  const { axis, atMm, isFlipped } = clipping.value;
  return [axis, axis === undefined ? 0 : (atMm ?? crosshair.value[axis]), isFlipped];
}

interface AnatomyViewProps {
  readonly patient: PatientView;
  readonly stage: Stage;
  readonly images: SliceImages;
}

/** Anatomy, beams and dose in space. */
export function AnatomyView({ patient, stage, images }: AnatomyViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const scene = useRef<AnatomyScene | undefined>(undefined);
  const cloud = useRef<DoseVolume | undefined>(undefined);
  const wasClipped = useRef(false);
  const pressed = useRef({ x: 0, y: 0 });
  const picked = useSignal<string | undefined>(undefined);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new AnatomyScene(element, patient.grid);
    scene.current = made;
    const leave = stage.add(made);
    const letRobotGo = keepRobotIn(made.scene, () => stage.draw(made));
    let isOld = false;
    void (async () => {
      for (const [n, { name, role }] of patient.structures.entries()) {
        const surface = await shapes.surface(n);
        if (isOld) return;
        const opacity = role === 'external' ? 0.18 : role === 'target' ? 0.9 : 0.75;
        made.setSurface(name, surface, structureColor(n, role), opacity);
        made.setVisible(name, !hidden.value.has(name));
        stage.draw(made);
      }
    })();
    return () => {
      isOld = true;
      letRobotGo();
      leave();
      cloud.current?.dispose();
      cloud.current = undefined;
      made.dispose();
    };
  }, [patient, stage]);

  useSignalEffect(() => {
    for (const { name } of patient.structures) scene.current?.setVisible(name, !hidden.value.has(name));
    stage.draw(scene.current);
  });

  useSignalEffect(() => {
    scene.current?.setBeams(prepared.value?.beams ?? []);
    stage.draw(scene.current);
  });

  // A surface of the dose takes longer than a slice of it: it follows when the dose has come to rest.
  useSignalEffect(() => {
    if (doseVersion.value === 0 || activity.value !== 'idle' || report.value === undefined) return;
    let isOld = false;
    const wanted = shownLevels.value.filter(({ hasSurface }) => hasSurface);
    const made = scene.current;
    for (const key of made?.surfaces ?? []) {
      const isWanted = wanted.some(({ label }) => key === `isodose ${label}`);
      if (key.startsWith('isodose ') && !isWanted) made?.setSurface(key, undefined, [0, 0, 0], 1);
    }
    stage.draw(made);
    for (const { gy, color, label } of wanted) {
      void shapes.isodose(gy).then((surface) => {
        if (isOld) return;
        made?.setSurface(`isodose ${label}`, surface, color, 0.35);
        stage.draw(made);
      });
    }
    return () => {
      isOld = true;
    };
  });

  // Marching rays is for fast graphics: it is made when it is first wanted.
  useSignalEffect(() => {
    const { isShown, density } = doseCloud.value;
    const made = scene.current;
    if (made === undefined || (!isShown && cloud.current === undefined)) return;
    if (cloud.current === undefined) {
      cloud.current = new DoseVolume(patient.grid, images.texture('plan'));
      made.scene.add(cloud.current.mesh);
    }
    const hasChanged = isShown || cloud.current.mesh.visible;
    cloud.current.mesh.visible = isShown && doseVersion.value > 0;
    cloud.current.setStyle(sliceStyle.value.scales.plan, density);
    if (isShown) cloud.current.cut(...cutOf());
    if (hasChanged) stage.draw(made);
  });

  useSignalEffect(() => {
    const [axis, ...how] = cutOf();
    scene.current?.setClipping(axis, ...how);
    if (axis !== undefined || wasClipped.current) stage.draw(scene.current);
    wasClipped.current = axis !== undefined;
  });

  const pick = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const x = (2 * (event.clientX - left)) / width - 1;
    const y = 1 - (2 * (event.clientY - top)) / height;
    const take = placePicker.value;
    const found = scene.current?.pick(x, y, take !== undefined);
    if (found !== undefined && 'beam' in found) {
      const gantryDeg = prepared.value?.beams[found.beam]?.gantryDeg.toFixed(1);
      picked.value = `beam ${found.beam + 1}, gantry ${gantryDeg}°`;
      chosenBeam.value = found.beam;
      panel.value = 'beam';
      return;
    }
    if (found !== undefined && 'part' in found) {
      picked.value = found.part;
      return;
    }
    picked.value = found?.name;
    if (found === undefined) return;
    if (take === undefined) crosshair.value = found.atMm;
    else {
      placePicker.value = undefined;
      take(found.atMm);
    }
  };
  const look = ([, azimuth, elevation]: (typeof standardViews)[number]): void => {
    scene.current?.lookFrom(azimuth, elevation);
    stage.draw(scene.current);
  };
  const turn = (dx: number, dy: number): void => {
    scene.current?.turn(dx, dy);
    stage.draw(scene.current);
  };
  const zoom = (factor: number): void => {
    scene.current?.zoom(factor);
    stage.draw(scene.current);
  };
  return (
    <div
      ref={box}
      class="view space"
      data-view="space"
      role="application"
      aria-label="Anatomy, beams and dose in space: arrows turn, plus and minus zoom"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is turned by keys
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pressed.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerUp={(event) => {
        const { x, y } = pressed.current;
        if (Math.hypot(event.clientX - x, event.clientY - y) <= CLICK_PX) pick(event);
      }}
      onPointerMove={(event) => event.buttons !== 0 && turn(event.movementX, event.movementY)}
      onWheel={(event) => {
        event.preventDefault();
        zoom(event.deltaY > 0 ? 1.1 : 1 / 1.1);
      }}
      onKeyDown={(event) => {
        press(event, { turn, zoom, look });
      }}
    >
      <div class="caption" data-testid="picked">
        {placePicker.value !== undefined
          ? 'Click the place that is asked for'
          : picked.value === undefined
            ? 'Anatomy, beams, isodose surfaces'
            : `Under the pointer: ${picked.value}`}
      </div>
      <IsodoseLegend />
      <div
        class="looks"
        onPointerDown={(event) => event.stopPropagation()}
        onPointerUp={(event) => event.stopPropagation()}
      >
        {standardViews.map((one) => (
          <button key={one[0]} type="button" onClick={() => look(one)}>
            {one[0]}
          </button>
        ))}
      </div>
    </div>
  );
}
