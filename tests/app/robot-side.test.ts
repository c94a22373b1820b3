import { describe, expect, it } from 'vitest';
import { BeatCount } from '../../app/server/robot/beat-count.ts';
import { SetpointGate } from '../../app/server/robot/setpoint-gate.ts';
import { SILENCE_MS } from '../../engine/link/limits.ts';

describe('set-points for a robot that others control', () => {
  const limits = [{ lower: -3, upper: 3, velocity: 1, acceleration: 5, jerk: 50, effort: 1 }];
  const at = (q: number) => Float64Array.of(q);
  const fresh = { state: 'ENABLED', moves: true, ageSec: 0.001 } as const;

  it('go out where they are fresh and go on from the one before', () => {
    const gate = new SetpointGate(limits, 1e-3);
    expect(gate.judge(at(0), fresh)).toBe('send');
    expect(gate.judge(at(0.004), fresh)).toBe('send');
    expect(gate.judge(at(0.008), { ...fresh, ageSec: 0.2 })).toBe('skip');
    expect(gate.judge(at(0.008), { ...fresh, moves: false })).toBe('skip');
    expect(gate.judge(at(0.008), { ...fresh, state: 'FAULT' })).toBe('skip');
  });

  it('stop for good when the loop went on during a hang, until the robot is armed anew', () => {
    const gate = new SetpointGate(limits, 1e-3);
    gate.judge(at(0), fresh);
    expect(gate.judge(at(0.3), fresh)).toBe('pause');
    expect(gate.judge(at(0.01), fresh)).toBe('skip');
    expect(gate.judge(at(0.01), { ...fresh, state: 'PAUSED' })).toBe('skip');
    expect(gate.judge(at(0.1), fresh)).toBe('send');
  });

  it('bring a robot that is paused to rest, and then leave it alone', () => {
    const gate = new SetpointGate(limits, 1e-3);
    gate.judge(at(0), fresh);
    const paused = { ...fresh, state: 'PAUSED' } as const;
    expect(gate.judge(at(0.002), paused)).toBe('send');
    expect(gate.judge(at(0.002), paused)).toBe('skip');
    // Elsewhere after a longer hang.
    expect(gate.judge(at(0.5), paused)).toBe('pause');
    expect(gate.judge(at(0.5), paused)).toBe('skip');
  });
});

describe('commands of a viewer', () => {
  it('are recent only after a beat of this connection, and not many beats later', () => {
    const beats = new BeatCount();
    expect(beats.isRecent(0)).toBe(false);
    beats.heard(7, false, 1000);
    expect(beats.isRecent(6)).toBe(false);
    expect(beats.isRecent(7)).toBe(true);
    for (let n = 8; n <= 20; n++) beats.heard(n, true, 1000 + 100 * (n - 7));
    expect(beats.isRecent(9)).toBe(false);
    expect(beats.isRecent(20)).toBe(true);
    beats.parted();
    expect(beats.isRecent(20)).toBe(false);
    expect(beats.isHidden).toBe(true);
  });

  it('that piled up in a silence come with the beats that did, and are not recent', () => {
    const beats = new BeatCount();
    beats.heard(1, false, 0);
    const late = 10 * SILENCE_MS;
    for (let n = 2; n < 30; n++) beats.heard(n, false, late + n / 10);
    expect(beats.isRecent(29)).toBe(false);
    beats.heard(30, false, late + 100);
    expect(beats.isRecent(29)).toBe(false);
    expect(beats.isRecent(30)).toBe(true);
  });
});
