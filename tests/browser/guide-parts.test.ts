import { expect, it } from 'vitest';
import { transformFromRpy } from '../../engine/core/frames.ts';
import { parseRegistration } from '../../engine/formats/registration.ts';
import { amplitudeSpectrum } from '../../viewer/guide/spectrum.ts';

it('the spectrum of a sine has its amplitude at its frequency, and nothing two steps away', () => {
  const rateHz = 250;
  const signal = Float64Array.from({ length: 1000 }, (_, n) => 3 + 0.2 * Math.sin((2 * Math.PI * 9 * n) / rateHz));
  const found = amplitudeSpectrum(signal, rateHz, 0.25, 81);
  // The Hann window ends at the last sample, not one after it: a thousandth of the amplitude.
  expect(found[36]).toBeCloseTo(0.2, 3);
  expect(found[32]).toBeLessThan(1e-3);
  expect(found[0]).toBeLessThan(1e-2);
  expect(amplitudeSpectrum(new Float64Array(1), rateHz, 0.25, 3)).toEqual(new Float64Array(3));
});

it('a registration is read as it was written, and refused in words where it is none', () => {
  const t = transformFromRpy([0.1, -0.2, 0.3], [0.2, -0.4, 2]);
  const rows = [0, 1, 2, 3].map((r) => [0, 1, 2, 3].map((c) => t[4 * c + r]));
  expect(parseRegistration(JSON.stringify({ T_base_patient: rows }), 'r.json')).toEqual(t);
  for (const [text, why] of [
    ['{', /r\.json/],
    ['null', /not four rows/],
    ['{"T_base_patient": [[1]]}', /not four rows/],
    [JSON.stringify({ T_base_patient: rows.map((row) => row.map((value) => 2 * value)) }), /not a rotation/],
  ] as const) {
    expect(() => parseRegistration(text, 'r.json')).toThrow(why);
  }
});
