import { describe, expect, it } from 'vitest';
import type { Patient } from '../../../../engine/core/patient.ts';
import { matchNames, nameKey } from '../../../../planners/radiation/protocol/names.ts';
import { builtinProtocol } from '../../../../planners/radiation/protocol/registry.ts';
import { failsWith } from '../../../support/errors.ts';

const grid = { size: [2, 2, 2] as const, spacingMm: [1, 1, 1] as const, originMm: [0, 0, 0] as const };

function patientWith(...names: readonly string[]): Patient {
  return {
    id: 'P',
    ct: { grid, data: new Float32Array(8), unit: 'HU' },
    structureSet: { grid, structures: names.map((name) => ({ name, voxels: Uint32Array.of(1) })) },
    doseVoxels: Uint32Array.of(1),
    warnings: [],
    source: { kind: 'test', path: 'P' },
  };
}

const protocol = builtinProtocol('head-neck-openkbp');
const matchesOf = (names: readonly string[], aliases?: ReadonlyMap<string, string>) =>
  Object.fromEntries(
    matchNames(protocol, patientWith(...names), aliases).matches.map((m) => [
      m.protocolName,
      `${m.patientName} (${m.by})`,
    ]),
  );

describe('names as clinics write them', () => {
  it.each([
    [
      [
        'PTV_7000',
        'PTV_6300',
        'PTV_5600',
        'BrainStem',
        'SpinalCord',
        'Parotid_L',
        'Parotid_R',
        'Bone_Mandible',
        'Esophagus',
        'Larynx',
      ],
    ],
    [
      [
        'PTV 70 Gy',
        'PTV63',
        'ptv-56',
        'Brain Stem',
        'Cord',
        'lt parotid',
        'RT PAROTID',
        'mandible',
        'OESOPHAGUS',
        'larynx',
      ],
    ],
    [
      [
        'PTV_70',
        'PTV_63Gy',
        'PTV_D56',
        'Hirnstamm',
        'Myelon',
        'Parotis li',
        'Parotis re',
        'Unterkiefer',
        'Speiseroehre',
        'Kehlkopf',
      ],
    ],
  ])('%s', (names) => {
    const found = matchesOf(names);
    expect(Object.keys(found)).toHaveLength(10);
    expect(found.LeftParotid).toBe(`${names[5]} (TG-263)`);
    expect(found.RightParotid).toBe(`${names[6]} (TG-263)`);
    expect(found.PTV70).toBe(`${names[0]} (TG-263)`);
    expect(found.SpinalCord).toContain(names[4]);
  });

  it('the same name wins over a synonym', () => {
    expect(matchesOf(['PTV70', 'PTV_7000', 'SpinalCord', 'Cord']).SpinalCord).toBe('SpinalCord (same name)');
  });

  it.each([
    'SpinalCord_PRV05',
    'Parotid_L-PTV',
    'zBrainstem',
    'Ring_PTV70',
    'PTV70_eval',
    'Parotids',
    'Cord+5mm',
    'Parotid',
    'Parotid_L_R',
    'Lung_Parotid_L',
  ])('%s is none of the protocol', (name) => {
    expect(Object.keys(matchesOf([name]))).toEqual([]);
  });

  it('two that could be meant are an error that names both, unless an alias says which', () => {
    failsWith(() => matchesOf(['Cord', 'Myelon']), 'protocol/ambiguous-name', '"Cord" or "Myelon"');
    expect(matchesOf(['Cord', 'Myelon'], new Map([['Myelon', 'SpinalCord']])).SpinalCord).toBe('Myelon (alias)');
  });

  it('an alias that leads nowhere is an error; one for another patient is none', () => {
    failsWith(() => matchesOf(['Cord'], new Map([['Cord', 'Spine']])), 'protocol/alias', '"Spine"');
    expect(matchesOf(['Larynx'], new Map([['Hose', 'SpinalCord']]))).toEqual({ Larynx: 'Larynx (same name)' });
  });

  it('sides and centigrays are told apart', () => {
    expect(nameKey('Lens_L')).not.toBe(nameKey('Lens_R'));
    expect(nameKey('PTV_5000')).toBe(nameKey('PTV50'));
    expect(nameKey('PTV_50')).not.toBe(nameKey('CTV_50'));
    expect(nameKey('PTV 500 cGy')).toBe(nameKey('PTV5'));
  });
});
