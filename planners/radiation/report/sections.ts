import { fixed } from '../../../engine/core/text-table.ts';
import { byPriority, type GoalResult, havePriorities } from '../evaluation/goals.ts';
import { lineStyle } from './dvh-figure.ts';
import type { PlanFacts, Report } from './model.ts';
import { type Cell, htmlFacts, htmlList, htmlTable, Markup } from './tables.ts';

export function summarySection({ judged, protocol, plan, patientSource, position, maximum }: Report): string {
  const targets = protocol.targets.map((t) => `${t.structure}: ${fixed(t.prescriptionGy, 2)} Gy`).join('; ');
  const perFraction = protocol.targets
    .map((t) => `${t.structure}: ${fixed(t.prescriptionGy / protocol.fractions, 2)} Gy`)
    .join('; ');
  return `<h2>Prescription and plan</h2>${htmlFacts([
    ['Patient', judged.patient],
    ['Source of the patient', `${patientSource.kind}, ${patientSource.path}`],
    ['Patient position', position],
    ['Protocol', judged.protocol],
    ['Prescription, total', targets],
    ['Fractions', String(protocol.fractions)],
    ['Dose per fraction', perFraction],
    ...planFacts(plan),
    [
      'Maximum dose',
      maximum === undefined
        ? 'no dose: 0 Gy everywhere'
        : `${fixed(maximum.gy, 2)} Gy at x, y, z = ${maximum.atMm.map((mm) => fixed(mm, 1)).join(', ')} mm (LPS)`,
    ],
    ['Goals', goalsSummary(judged.goals)],
  ])}`;
}

function planFacts(plan: PlanFacts | undefined): (readonly [string, Cell])[] {
  if (plan === undefined) return [['Dose', 'from elsewhere, see provenance']];
  const energy = plan.energyMV === undefined ? '' : `, ${plan.energyMV} MV photons`;
  return [
    ['Machine', `${plan.machine}${energy}`],
    ['Beams', `${plan.beams.length}, ${plan.bixels} bixels in all`],
  ];
}

export function goalsSummary(goals: readonly GoalResult[]): string {
  if (goals.length === 0) return 'the protocol has none for this patient';
  const count = (wanted: boolean | null): number => goals.filter(({ pass }) => pass === wanted).length;
  const open = count(null) === 0 ? '' : `, ${count(null)} not judged`;
  return `${count(true)} of ${goals.length} passed, ${count(false)} failed${open}`;
}

export function goalsSection({ judged: { goals } }: Report): string {
  if (goals.length === 0) return '<h2>Goals</h2><p>The protocol has no goals for this patient.</p>';
  const ranked = havePriorities(goals);
  const columns = [
    { title: 'No.' },
    ...(ranked ? [{ title: 'Priority' }] : []),
    { title: 'Structure' },
    { title: 'Metric' },
    { title: 'Limit', isNumber: true },
    { title: 'Value', isNumber: true },
    { title: 'Unit' },
    { title: 'Result' },
  ];
  const rows = byPriority(goals).map(
    ({ priority, structure, metric, comparator, limit, value, unit, pass }, n): Cell[] => [
      String(n + 1),
      ...(ranked ? [String(priority ?? '–')] : []),
      structure,
      metric,
      `${comparator === '<=' ? '≤' : '≥'} ${limit}`,
      fixed(value, 2),
      unit,
      new Markup(pass === null ? '– not judged' : pass ? '✓ pass' : '<span class="fail">✗ FAIL</span>'),
    ],
  );
  return `<h2>Goals</h2>${htmlTable(columns, rows, 'goals')}<p class="small">${ranked ? 'By priority, 1 first.' : 'In the order of the protocol.'} A target's goals are judged on the target merged with all targets of higher prescription, unless the goal says otherwise.</p>`;
}

/** Dose statistics of every structure, with the line that it has in the histogram. */
export function structuresTable({ structures }: Report): string {
  const titles = ['Volume [cc]', 'Mean', 'D98', 'D95', 'D50', 'D2', 'Max'];
  const columns = [{ title: 'Line' }, { title: 'Structure' }, ...titles.map((title) => ({ title, isNumber: true }))];
  const rows = structures.map((s, n): Cell[] => {
    const { dash, width } = lineStyle(n, s.isTarget);
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    return [
      new Markup(
        `<svg xmlns="http://www.w3.org/2000/svg" width="34" height="8" aria-hidden="true"><path d="M0 4H34" stroke="#000" stroke-width="${width}"${dashes}/></svg> ${s.letter}`,
      ),
      s.isTarget ? `${s.name} (target)` : s.name,
      fixed(s.volumeCc, 2),
      ...[s.meanGy, s.d98Gy, s.d95Gy, s.d50Gy, s.d2Gy, s.maxGy].map((gy) => fixed(gy, 2)),
    ];
  });
  return `${htmlTable(columns, rows, 'structures').replaceAll('<tr><td>', '<tr><td class="line">')}<p class="small">Doses in Gy, total of all fractions; structures as contoured. A dash: no voxels.</p>`;
}

export function indicesSection({ judged: { indices } }: Report): string {
  const columns = [
    { title: 'Target' },
    { title: 'Prescription [Gy]', isNumber: true },
    { title: 'Conformity', isNumber: true },
    { title: 'Homogeneity', isNumber: true },
  ];
  const rows = indices.map((i) => [
    i.structure,
    fixed(i.prescriptionGy, 2),
    fixed(i.conformity, 3),
    fixed(i.homogeneity, 3),
  ]);
  return `<h2>Conformity and homogeneity</h2>${htmlTable(columns, rows, 'indices')}<p class="small">Conformity: Paddick's index of the target merged with targets of higher prescription; 1 is ideal. Homogeneity: (D2 − D98) / D50 (ICRU 83) of the target without these; 0 is ideal.</p>`;
}

export function beamsSection({ plan }: Report): string {
  if (plan === undefined) return '';
  const titles = [
    'No.',
    'Gantry [°]',
    'Collimator [°]',
    'Couch [°]',
    'Isocentre x, y, z [mm]',
    'SSD [mm]',
    'Bixels',
    'Bixel MU',
  ];
  const rows = plan.beams.map((b, n) => [
    String(n + 1),
    fixed(b.gantryDeg, 1),
    fixed(b.collimatorDeg, 1),
    fixed(b.couchDeg, 1),
    b.isocenterMm.map((mm) => fixed(mm, 1)).join(', '),
    fixed(b.ssdMm, 1),
    String(b.bixels),
    fixed(b.bixelMu, 1),
  ]);
  const energy = plan.energyMV === undefined ? '' : `, ${plan.energyMV} MV photons`;
  const columns = titles.map((title, n) => ({ title, isNumber: n > 0 }));
  return `<h2>Beams</h2>${htmlTable(columns, rows, 'beams')}${htmlFacts([['Machine of all beams', `${plan.machine}${energy}`]])}<p class="small">Angles by IEC 61217, isocentre in the patient frame (DICOM LPS). Bixel MU: sum of the weights of a beam's bixels in one fraction; it is fluence, not monitor units of a delivery, which has no leaf sequence yet.</p>`;
}

export function optimisationSection({ plan }: Report): string {
  if (plan === undefined) return '';
  const { device, timeMs } = plan;
  const seconds = (ms: number): string => `${fixed(ms / 1000, 2)} s`;
  return `<h2>Optimisation</h2>${htmlFacts([
    ['Objective at the end', plan.objective.toPrecision(6)],
    ['Iterations, evaluations', `${plan.iterations}, ${plan.evaluations}`],
    ['Why it stopped', plan.stop],
    [
      'Projected gradient',
      `${plan.projectedGradientNorm.toExponential(2)} (at the beginning ${plan.initialProjectedGradientNorm.toExponential(2)})`,
    ],
    ['Size', `${plan.voxels} dose voxels, ${plan.bixels} bixels`],
    [
      'Time',
      `read ${seconds(timeMs.read)}, geometry ${seconds(timeMs.geometry)}, optimise ${seconds(timeMs.optimize)}, evaluate ${seconds(timeMs.evaluate)}`,
    ],
    ['Device', `${device.kind}, ${device.name}, ${device.threads} threads`],
    ['Memory at most', plan.peakRssMb === null ? 'not measured in a browser' : `${plan.peakRssMb} MB`],
  ])}`;
}

export function matchesSection({ judged: { matches } }: Report): string {
  if (matches.length === 0) return '';
  const columns = [{ title: 'Structure of the patient' }, { title: 'Name in the protocol' }, { title: 'Found by' }];
  const rows = matches.map(({ patientName, protocolName, by }) => [patientName, protocolName, by]);
  return `<h2>Structures matched</h2>${htmlTable(columns, rows, 'matches')}`;
}

export function remarksSection({ judged: { warnings, notes } }: Report): string {
  const part = (title: string, items: readonly string[]): string =>
    `<h3>${title}</h3>${items.length === 0 ? '<p class="small">None.</p>' : htmlList(items)}`;
  return `<h2>Warnings and notes</h2>${part('Warnings', warnings)}${part('Notes', notes)}`;
}

export function provenanceSection({ provenance: p, plan }: Report, written: { version: string; date: string }): string {
  const inputs = p.inputs.map(({ role, name, sha256 }): Cell[] => [
    role,
    name,
    new Markup(`<code>${sha256 ?? 'recipe, no file'}</code>`),
  ]);
  const settings = Object.entries(p.settings).filter(([, value]) => value !== undefined);
  return `<h2>Provenance</h2>${htmlFacts([
    ['Computed by', `${p.program} ${p.version}, ${p.browser ?? `node ${p.node}`}, ${p.platform}`],
    ['Computed on', p.date],
    ['Report written by', `isocenter ${written.version} on ${written.date}`],
    ...(plan === undefined
      ? []
      : [['Seeds', 'no random numbers are used: same inputs, settings and device, same dose'] as const]),
  ])}<h3>Inputs, with SHA-256</h3>${htmlTable([{ title: 'Role' }, { title: 'Name' }, { title: 'SHA-256' }], inputs, 'inputs')}<h3>Settings</h3>${htmlFacts(
    settings.map(([name, value]) => [name, settingText(name, value)]),
  )}`;
}

function settingText(name: string, value: unknown): string {
  if (name === 'angles') return 'as in the table of beams';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function signatures(): string {
  const lines = ['Prepared by (name)', 'Signature', 'Date', 'Reviewed by (name)', 'Signature', 'Date'];
  return `<section class="signing"><h2>Signatures</h2><div class="sign">${lines.map((text) => `<div>${text}</div>`).join('')}</div></section>`;
}
