import { describe, expect, it } from 'vitest';
import { readTool } from '../../../engine/formats/tool.ts';
import { failsWith } from '../../support/errors.ts';

describe('a tool file', () => {
  it('names link, shaft and tip', () => {
    expect(readTool('link: hand\nlength: 0.3\naxis: [0, 0, -1]', 't.yaml')).toEqual({
      link: 'hand',
      lengthM: 0.3,
      axis: [0, 0, -1],
    });
    expect(readTool('link: hand\nlength: 0.3\nradius: 0.004', 't')).toEqual({
      link: 'hand',
      lengthM: 0.3,
      radiusM: 0.004,
    });
    expect(
      readTool('{"link": "hand", "lengthM": 0.3, "axis": [0, 3, 4], "originM": [0, 0, 1], "tipM": [0, 0.3, 1]}', 't'),
    ).toEqual({
      link: 'hand',
      lengthM: 0.3,
      axis: [0, 0.6, 0.8],
      originM: [0, 0, 1],
      tipM: [0, 0.3, 1],
    });
  });

  it.each<[string, string, string, string]>([
    ['no length', 'link: hand', 'tool/not-a-number', 'length'],
    ['a negative length', 'link: hand\nlength: -1', 'tool/bad-size', '-1 m'],
    ['a zero axis', 'link: hand\nlength: 1\naxis: [0, 0, 0]', 'tool/bad-axis', 'axis'],
    ['no link', 'lengthM: 1', 'tool/not-text', 'link'],
    ['two lengths', 'link: hand\nlength: 1\nlengthM: 1', 'tool/twice', 'lengthM once more'],
    ['a length of 10^7 m', 'link: hand\nlength: 1e7', 'tool/bad-size', '10000000 m'],
    ['a negative radius', 'link: hand\nlength: 1\nradius: -0.1', 'tool/bad-size', 'radius of -0.1 m'],
    ['a radius of words', 'link: hand\nlength: 1\nradius: thin', 'tool/not-a-number', 'radius'],
    [
      'a radius in millimetres',
      'link: hand\nlength: 0.3\nradiusM: 4',
      'tool/bad-size',
      'radius of 4 m and a length of 0.3 m',
    ],
    ['an unknown field', 'link: hand\nlength: 1\ncolour: red', 'tool/unknown-field', 'colour'],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => readTool(text, 't.yaml'), code, part);
  });
});
