import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PatientView } from '../engine/messages.ts';
import { doseColor, structureColor } from '../state/colors.ts';
import { hidden } from '../state/display.ts';
import { viewKeys } from '../state/keys.ts';
import { activity, doseVersion, prepared, prescriptionGy, report, shapes } from '../state/workspace.ts';
import { AnatomyScene } from './anatomy-scene.ts';
import { keepRobotIn } from './robot-in-view.ts';
import type { Stage } from './stage.ts';

interface SpaceActions {
  /** [px] */
  readonly turn: (dx: number, dy: number) => void;
  readonly zoom: (factor: number) => void;
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
  ],
  [
    ['Drag', 'turn'],
    ['Wheel', 'nearer and farther'],
  ],
);

/** Anatomy, beams and isodose surface in space. */
export function AnatomyView({ patient, stage }: { readonly patient: PatientView; readonly stage: Stage }) {
  const box = useRef<HTMLDivElement>(null);
  const scene = useRef<AnatomyScene | undefined>(undefined);

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
    void shapes.isodose(0.95 * prescriptionGy.value).then((surface) => {
      if (isOld) return;
      scene.current?.setSurface('95 %', surface, doseColor(0.89), 0.35);
      stage.draw(scene.current);
    });
    return () => {
      isOld = true;
    };
  });

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
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => event.buttons !== 0 && turn(event.movementX, event.movementY)}
      onWheel={(event) => {
        event.preventDefault();
        zoom(event.deltaY > 0 ? 1.1 : 1 / 1.1);
      }}
      onKeyDown={(event) => {
        press(event, { turn, zoom });
      }}
    >
      <div class="caption">Anatomy, beams, 95 % isodose</div>
    </div>
  );
}
