import { describe, expect, it } from 'vitest';
import { evaluationText } from '../../app/output/evaluation-text.ts';
import { evaluateGoal, type Goal } from '../../planners/radiation/evaluation/goals.ts';
import { parseProtocol } from '../../planners/radiation/protocol/protocol.ts';
import { builtinProtocol } from '../../planners/radiation/protocol/registry.ts';
import type { Report } from '../../planners/radiation/report/model.ts';
import { goalsSection } from '../../planners/radiation/report/sections.ts';

const protocol = builtinProtocol('tg119-cshape');
const goalOf = (structure: string, priority?: number): Goal => ({
  ...{ structure, metric: 'mean', comparator: '<=', limit: 30 },
  ...(priority !== undefined && { priority }),
});
const judged = (goals: readonly Goal[]) =>
  goals.map((goal) => evaluateGoal(goal, Float32Array.of(10, 20), 1000, 'curve'));
const html = (goals: readonly Goal[]): string =>
  goalsSection({ judged: { goals: judged(goals) } } as unknown as Report);

const some = [goalOf('Last'), goalOf('Second', 2), goalOf('First', 1), goalOf('AfterLast')];
const order = (text: string): readonly string[] => text.match(/First|Second|AfterLast|Last/g) ?? [];

describe('priorities of goals', () => {
  it('are whole numbers from 1', () => {
    const withPriority = (priority: unknown): unknown => ({ ...protocol, goals: [{ ...goalOf('Core'), priority }] });
    expect(parseProtocol(withPriority(3), 'p.json').goals[0].priority).toBe(3);
    for (const wrong of [0, -1, 1.5, '1', null]) {
      expect(() => parseProtocol(withPriority(wrong), 'p.json')).toThrow(/goals\[0\]\.priority: /);
    }
  });

  it('order the tables of the command line and of the report; goals without one come last, as they came', () => {
    const text = evaluationText([], judged(some));
    expect(text).toContain('priority  structure');
    expect(order(text)).toEqual(['First', 'Second', 'Last', 'AfterLast']);
    expect(order(html(some))).toEqual(['First', 'Second', 'Last', 'AfterLast']);
    expect(html(some)).toContain('<td>1</td><td>1</td><td>First</td>');
  });

  it('have no column where no goal has one', () => {
    const none = [goalOf('Second'), goalOf('First')];
    expect(evaluationText([], judged(none))).not.toContain('priority');
    expect(html(none)).not.toContain('riority');
    expect(order(html(none))).toEqual(['Second', 'First']);
    expect('priority' in judged(none)[0]).toBe(false);
  });
});
