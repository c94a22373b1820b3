import type { ComponentChildren } from 'preact';
import { lockedBecause } from '../state/robot.ts';

/** Controls of what motions are checked against: not to be used while the robot is armed, with the reason beside them. */
export function Locked({ legend, children }: { readonly legend: string; readonly children: ComponentChildren }) {
  const reason = lockedBecause.value;
  return (
    <>
      {reason === undefined ? null : <p class="faint">{reason}</p>}
      <fieldset class="bare" disabled={reason !== undefined}>
        <legend class="sr">{legend}</legend>
        {children}
      </fieldset>
    </>
  );
}
