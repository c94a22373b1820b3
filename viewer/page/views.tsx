import type { PatientView, SliceAxis } from '../engine/messages.ts';
import { AnatomyView } from '../scene/anatomy-view.tsx';
import type { Stage } from '../scene/stage.ts';
import type { SliceImages } from '../slices/slice-images.ts';
import { SliceView } from '../slices/slice-view.tsx';
import { other } from '../state/comparison.ts';
import { comparedAxis, layout, type Quantity, quantity } from '../state/display.ts';
import { openings } from '../state/workspace.ts';

interface ViewsProps {
  readonly patient: PatientView;
  readonly stage: Stage;
  readonly images: SliceImages;
}

const axisOf = { sagittal: 0, coronal: 1, axial: 2 } as const;

/** The views that the layout asks for. */
export function Views({ patient, stage, images }: ViewsProps) {
  const key = openings.value;
  const slice = (axis: SliceAxis, shown: Quantity, title?: string) => (
    <SliceView
      key={`${axis} ${shown} ${key}`}
      axis={axis}
      patient={patient}
      stage={stage}
      quantity={shown}
      material={images.material(shown)}
      {...(title === undefined ? {} : { title })}
    />
  );
  const chosen = layout.value;
  const shown = other.value === undefined ? 'plan' : quantity.value;
  if (chosen === 'compare') {
    const axis = comparedAxis.value;
    return (
      <>
        {slice(axis, 'plan', 'plan')}
        {slice(axis, 'other', other.value?.name ?? 'nothing to compare with')}
        {slice(axis, 'difference', 'plan less the other')}
        {slice(axis, 'gamma', 'gamma')}
      </>
    );
  }
  const space = <AnatomyView key={`s ${key}`} patient={patient} stage={stage} images={images} />;
  if (chosen === 'space') return space;
  if (chosen !== 'four') return slice(axisOf[chosen], shown);
  return (
    <>
      {slice(2, shown)}
      {space}
      {slice(1, shown)}
      {slice(0, shown)}
    </>
  );
}
