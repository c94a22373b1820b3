import { builtinRobotNames } from '../../planners/motion/robot/registry.ts';
import { NumberField } from '../page/number-field.tsx';
import { about, closeSession, robotLayers, session } from '../state/robot.ts';
import { patient } from '../state/workspace.ts';
import { connectServer, DEFAULT_MARGIN_MM, handSeed, keepOuts, scale, startSimulator } from './guide-actions.ts';
import { Locked } from './locked.tsx';
import { chooseTip, forgetRobot, ownRobots, robotName } from './own-robots.ts';
import { openLink, server } from './server-link.ts';
import { openServerPatient } from './server-patient.ts';

const layers = [
  ['robot', 'Robot'],
  ['spheres', 'Collision spheres'],
  ['frames', 'Frames'],
  ['trail', 'Trail'],
  ['keepOuts', 'Keep-outs and trocar'],
] as const;

/** Where the robot comes from, and what of it is drawn. */
export function SourcePanel() {
  const isOpen = session.value !== undefined;
  return (
    <>
      <div class="row">
        <label>
          Robot{' '}
          <select value={robotName.value} onChange={(event) => (robotName.value = event.currentTarget.value)}>
            {[...ownRobots.value.keys(), ...builtinRobotNames].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={startSimulator}>
          Simulate
        </button>
        <button type="button" onClick={connectServer}>
          Connect to the server
        </button>
        <ServerPatients />
        <button type="button" disabled={!isOpen} onClick={closeSession}>
          Disconnect
        </button>
      </div>
      <OwnRobotPart />
      <div class="row">
        {layers.map(([key, title]) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={robotLayers.value[key]}
              onChange={() => (robotLayers.value = { ...robotLayers.value, [key]: !robotLayers.value[key] })}
            />{' '}
            {title}
          </label>
        ))}
      </div>
      <details>
        <summary>Simulator: hand and keep-outs</summary>
        <div class="row">
          <NumberField
            label="Tool per hand"
            value={scale.value}
            min={0.01}
            max={10}
            step={0.05}
            onChange={(v) => (scale.value = v)}
          />
          <NumberField
            label="Hand seed"
            value={handSeed.value}
            min={0}
            max={4294967295}
            step={1}
            onChange={(v) => (handSeed.value = Math.round(v))}
          />
        </div>
        <KeepOuts />
      </details>
    </>
  );
}

/** Of a robot that the user gave: which link leads, and what was made of its files. */
function OwnRobotPart() {
  const name = robotName.value;
  const robot = ownRobots.value.get(name);
  if (robot === undefined) {
    return <p class="faint">A robot of your own: drop the folder of its URDF and meshes on the page.</p>;
  }
  const isWatched = about.value?.robot === name;
  // One that is on its way may be this one.
  const isUsed = isWatched || (session.value !== undefined && about.value === undefined);
  return (
    <div data-testid="own-robot">
      <div class="row">
        <label>
          Tip{' '}
          <select
            value={robot.tip}
            disabled={isWatched}
            onChange={(event) => chooseTip(name, event.currentTarget.value)}
          >
            {robot.tips.map((tip) => (
              <option key={tip}>{tip}</option>
            ))}
          </select>
        </label>
        <button type="button" disabled={isUsed} onClick={() => forgetRobot(name)}>
          Remove {name}
        </button>
      </div>
      {robot.notes.map((note) => (
        <p key={note} class="faint">
          {note}
        </p>
      ))}
    </div>
  );
}

/** Patients that the connected server was started with. */
function ServerPatients() {
  const patients = server.value?.patients ?? [];
  if (patients.length === 0) return null;
  return (
    <label>
      Patient of the server{' '}
      <select
        value=""
        onChange={(event) => {
          const name = event.currentTarget.value;
          event.currentTarget.value = '';
          if (name !== '') openServerPatient(openLink().peer, name);
        }}
      >
        <option value="">choose</option>
        {patients.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

/** Structures that the tip keeps out of, each with its margin; they count from the next start of the simulator on. */
function KeepOuts() {
  const view = patient.value;
  if (view === undefined) return <p class="faint">Open a patient to keep out of its structures.</p>;
  const set = (name: string, marginMm: number | undefined): void => {
    const next = new Map(keepOuts.value);
    if (marginMm === undefined) next.delete(name);
    else next.set(name, marginMm);
    keepOuts.value = next;
  };
  return (
    <Locked legend="Keep-outs">
      {view.structures
        .filter(({ voxels, role }) => voxels.length > 0 && role !== 'external')
        .map(({ name }) => {
          const marginMm = keepOuts.value.get(name);
          return (
            <div class="row" key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={marginMm !== undefined}
                  onChange={() => set(name, marginMm === undefined ? DEFAULT_MARGIN_MM : undefined)}
                />{' '}
                keep out of {name}
              </label>
              {marginMm === undefined ? null : (
                <NumberField
                  label={`Margin to ${name}`}
                  hasHiddenLabel
                  value={marginMm}
                  min={0}
                  max={100}
                  step={1}
                  unit="mm"
                  onChange={(v) => set(name, v)}
                />
              )}
            </div>
          );
        })}
      <p class="faint">They count when the simulator is started again.</p>
    </Locked>
  );
}
