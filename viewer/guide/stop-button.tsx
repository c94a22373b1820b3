import { useEffect } from 'preact/hooks';
import { dismissDialogs } from '../page/dialogs.ts';
import { isTyping, listKeys } from '../state/keys.ts';
import { connection, isDriven, robotState, shownState, stopRobot } from '../state/robot.ts';

listKeys('Where a robot is driven', [
  { keys: ['Escape'], what: 'stop, at any time' },
  { keys: [' '], what: 'stop, while the robot is armed' },
]);

/** Stops whatever moves, in every tab of the page. Escape does so at any time, Space while the robot is armed and nobody types. */
export function StopButton() {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!isDriven.peek() || (event.key === ' ' && isTyping(event.target))) return;
      const state = robotState.peek()?.state;
      // Where nothing can move, Space presses buttons as ever.
      const isStop = event.key === 'Escape' || (event.key === ' ' && (state === 'ENABLED' || state === 'PAUSED'));
      if (!isStop) return;
      event.preventDefault();
      event.stopPropagation();
      stopRobot();
      if (event.key === 'Escape') dismissDialogs();
    };
    addEventListener('keydown', press, { capture: true });
    return () => removeEventListener('keydown', press, { capture: true });
  }, []);
  if (!isDriven.value) return null;
  const sample = shownState.value;
  const isLost = connection.value.state !== 'connected';
  return (
    <div class="stop-bar">
      <span role="status" data-testid="robot-state">
        {isLost
          ? `${connection.value.state}: ${connection.value.text}`
          : sample === undefined
            ? 'no state yet'
            : `${sample.state}: ${sample.says}`}
      </span>
      <button type="button" class="stop" aria-keyshortcuts="Escape Space" onClick={stopRobot}>
        {sample?.state === 'FAULT' && !isLost ? 'STOPPED' : 'STOP'}
      </button>
    </div>
  );
}
