import { fixed, table } from '../../engine/core/text-table.ts';
import type { StructureEvaluation } from '../../planners/radiation/evaluation/evaluate.ts';
import { byPriority, type GoalResult, havePriorities } from '../../planners/radiation/evaluation/goals.ts';
import type { NameMatch } from '../../planners/radiation/protocol/names.ts';

/** Structures and goals as two tables. */
export function evaluationText(structures: readonly StructureEvaluation[], goals: readonly GoalResult[]): string {
  const passed = goals.filter(({ pass }) => pass === true).length;
  const summary = goals.length === 0 ? 'No goals' : `Goals: ${passed} of ${goals.length} passed`;
  return `Structures [Gy]\n${structureTable(structures)}\n${summary}\n${goals.length === 0 ? '' : goalTable(goals)}`;
}

function structureTable(structures: readonly StructureEvaluation[]): string {
  const columns = ['voxels', 'cc', 'mean', 'min', 'D98', 'D95', 'D50', 'D2', 'D0.1cc', 'max'];
  return table(
    [{ title: 'structure', align: 'left' }, ...columns.map((title) => ({ title }))],
    structures.map((s) => [
      s.name,
      String(s.voxels),
      fixed(s.volumeCc, 1),
      ...[s.meanGy, s.minGy, s.d98Gy, s.d95Gy, s.d50Gy, s.d2Gy, s.d0_1ccGy, s.maxGy].map((gy) => fixed(gy, 2)),
    ]),
  );
}

function goalTable(goals: readonly GoalResult[]): string {
  const ranked = havePriorities(goals);
  return table(
    [
      ...(ranked ? [{ title: 'priority' }] : []),
      { title: 'structure', align: 'left' },
      { title: 'metric', align: 'left' },
      { title: 'limit' },
      { title: 'value' },
      { title: 'unit', align: 'left' },
      { title: '', align: 'left' },
    ],
    byPriority(goals).map(({ priority, structure, metric, comparator, limit, value, unit, pass }) => [
      ...(ranked ? [String(priority ?? '-')] : []),
      structure,
      metric,
      `${comparator} ${limit}`,
      fixed(value, 2),
      unit,
      pass === null ? 'not judged' : pass ? 'pass' : 'FAIL',
    ]),
  );
}

/** Structures that were found under other names; nothing where all have the protocol's own. */
export function matchesText(matches: readonly NameMatch[]): string {
  const renamed = matches.filter(({ by }) => by !== 'same name');
  const lines = renamed.map(
    ({ patientName, protocolName, by }) => `  ${JSON.stringify(patientName)} is ${protocolName} (${by})\n`,
  );
  return lines.length === 0 ? '' : `Structures matched by name\n${lines.join('')}`;
}

/** Warnings and notes, one a line. */
export function remarksText(warnings: readonly string[], notes: readonly string[]): string {
  return [...warnings.map((text) => `warning: ${text}\n`), ...notes.map((text) => `note: ${text}\n`)].join('');
}
