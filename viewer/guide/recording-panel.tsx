import { effect, signal } from '@preact/signals';
import { faultOf } from '../engine/fault.ts';
import { about, listen, openSession, session } from '../state/robot.ts';
import { fault } from '../state/workspace.ts';
import type { Recorder } from './recorder.ts';
import { type MessageSource, playback, playSpeed, playsLoop, ReplaySession } from './replay-session.ts';
import { openLink, server } from './server-link.ts';

const speeds = [0.25, 0.5, 1, 2, 4] as const;

/** The recording that is being made, and how to leave the session. */
const recording = signal<{ readonly recorder: Recorder; readonly leave: () => void } | undefined>(undefined);
/** The recording that is played; the session of the page is the same one. */
const replay = signal<ReplaySession | undefined>(undefined);

const tell = (error: unknown): void => {
  fault.value = faultOf(error);
};

/** Records the session, and plays recordings as if they were live. */
export function RecordingPanel() {
  const isRecording = recording.value !== undefined;
  const isLive = about.value !== undefined && session.value?.kind !== 'recording';
  return (
    <>
      <div class="row">
        <button
          type="button"
          disabled={!isRecording && !isLive}
          aria-pressed={isRecording}
          onClick={() => void (isRecording ? finish() : begin()).catch(tell)}
        >
          {isRecording ? 'End and save the recording' : 'Record'}
        </button>
        <label class="button">
          Play a recording
          <input
            type="file"
            class="sr"
            accept=".mcap"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              event.currentTarget.value = '';
              if (file === undefined) return;
              void open(async () => (await import('./recording-sources.ts')).openFileRecording(file));
            }}
          />
        </label>
        <ServerRecordings />
      </div>
      <Player />
    </>
  );
}

async function begin(): Promise<void> {
  const now = about.peek();
  if (now === undefined) return;
  const { Recorder } = await import('./recorder.ts');
  const recorder = await Recorder.start(now, tell);
  const leave = listen({
    state: (sample) => recorder.state(sample),
    hand: (samples) => recorder.hand(samples),
    figures: (figures) => recorder.figures(figures),
  });
  // Another robot has other joints: what was recorded until then is a file of its own.
  const of = session.peek();
  const unwatch = effect(() => {
    if (session.value !== of) void finish();
  });
  recording.value = {
    recorder,
    leave: () => {
      leave();
      unwatch();
    },
  };
}

async function finish(): Promise<void> {
  const made = recording.peek();
  recording.value = undefined;
  if (made === undefined) return;
  made.leave();
  const url = URL.createObjectURL(await made.recorder.finish());
  const link = document.createElement('a');
  link.href = url;
  link.download = `isocenter-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.mcap`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
}

/** How long the browser may take to take the file over [ms]. */
const SAVED_MS = 60_000;

async function open(source: () => Promise<MessageSource>): Promise<void> {
  try {
    const opened = await source();
    openSession((listener) => {
      const made = new ReplaySession(opened, listener, tell);
      replay.value = made;
      return made;
    });
  } catch (error) {
    tell(error);
  }
}

function ServerRecordings() {
  const names = server.value?.recordings ?? [];
  if (names.length === 0) return null;
  return (
    <label>
      of the server{' '}
      <select
        value=""
        onChange={(event) => {
          const name = event.currentTarget.value;
          event.currentTarget.value = '';
          if (name === '') return;
          const { peer } = openLink();
          void open(async () => (await import('./recording-sources.ts')).openServerRecording(peer, name));
        }}
      >
        <option value="">choose</option>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function Player() {
  const now = playback.value;
  const player = replay.value;
  if (now === undefined || player === undefined) return null;
  return (
    <fieldset data-testid="player">
      <legend>{now.name}</legend>
      <div class="row">
        <button type="button" onClick={() => (now.isPlaying ? player.pause() : player.play())}>
          {now.isPlaying ? 'Pause' : 'Play'}
        </button>
        <label>
          Speed{' '}
          <select
            value={playSpeed.value}
            onChange={(event) => {
              playSpeed.value = Number(event.currentTarget.value);
              if (now.isPlaying) player.seek(now.timeSec);
            }}
          >
            {speeds.map((speed) => (
              <option key={speed} value={speed}>
                {speed} ×
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={playsLoop.value} onChange={() => (playsLoop.value = !playsLoop.value)} /> Loop
        </label>
      </div>
      <label class="joint">
        <span>Time</span>
        <input
          type="range"
          min="0"
          max={now.durationSec}
          step="0.05"
          value={now.timeSec}
          onInput={(event) => player.seek(Number(event.currentTarget.value))}
        />
        <span class="faint" data-testid="play-time">
          {now.timeSec.toFixed(1)} / {now.durationSec.toFixed(1)} s
        </span>
      </label>
    </fieldset>
  );
}
