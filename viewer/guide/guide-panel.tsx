import { about, ageMs, connection, heldBecause, isDriven, session, shownState } from '../state/robot.ts';
import { TopicsPanel } from '../topics/topics-panel.tsx';
import { DrivePanel } from './drive-panel.tsx';
import { GoalPanel } from './goal-panel.tsx';
import { LoopFiguresPanel } from './loop-figures-panel.tsx';
import { PlacementPanel } from './placement-panel.tsx';
import { RecordingPanel } from './recording-panel.tsx';
import { SourcePanel } from './source-panel.tsx';
import { TrocarPanel } from './trocar-panel.tsx';

/** A robot that is watched and driven: where it comes from, how it stands, and what it is asked. */
export function GuidePanel() {
  const isThere = about.value !== undefined;
  return (
    <section aria-label="Guide">
      <SourcePanel />
      <ConnectionLine />
      {isThere && isDriven.value ? <DrivePanel /> : null}
      {isThere && isDriven.value ? <GoalPanel /> : null}
      <RecordingPanel />
      {isThere ? <LoopFiguresPanel /> : null}
      <details>
        <summary>Tool and trocar</summary>
        <TrocarPanel />
      </details>
      <PlacementPanel />
      <TopicsPanel />
    </section>
  );
}

/** How old the newest message may be before it is said loudly [ms]. */
const OLD_MS = 500;

function ConnectionLine() {
  if (session.value === undefined) return <p class="faint">No robot is connected.</p>;
  const { state, text } = connection.value;
  const sample = shownState.value;
  const age = ageMs.value;
  const isHeld = sample?.state === 'PAUSED';
  return (
    <>
      <p class="figures" data-testid="connection">
        {state}: {text}. Last message{' '}
        {age < OLD_MS ? `${age.toFixed(0)} ms ago` : `${(age / 1000).toFixed(1)} s ago: old`}
        {sample?.beatAgeMs == null ? '' : `; last beat ${sample.beatAgeMs.toFixed(0)} ms ago`}.
      </p>
      {isHeld ? (
        <p class="held" role="alert" data-testid="held">
          <strong>PAUSED</strong> {heldBecause.value ?? sample.says}. Arm it to go on.
        </p>
      ) : null}
      {state === 'connecting' && isDriven.value && sample !== undefined ? (
        <p class="held" role="alert" data-testid="lost">
          <strong>No connection.</strong> The server holds the robot by itself when it hears no beats for 0.3 s; STOP is
          said again as soon as it is back.
        </p>
      ) : null}
    </>
  );
}
