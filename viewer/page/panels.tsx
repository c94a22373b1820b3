import type { ComponentChildren } from 'preact';
import { BeamPanel } from '../beam/beam-panel.tsx';
import { ComparePanel } from '../compare/compare-panel.tsx';
import type { PatientView } from '../engine/messages.ts';
import { AddObjective } from '../plan/add-objective.tsx';
import { DvhChart } from '../plan/dvh-chart.tsx';
import { GoalsTable } from '../plan/goals-table.tsx';
import { Metrics } from '../plan/metrics.tsx';
import { ObjectivesEditor } from '../plan/objectives-editor.tsx';
import { PlanPanel } from '../plan/plan-panel.tsx';
import { TargetsTable } from '../plan/targets-table.tsx';
import { ProfilePanel } from '../slices/profile-panel.tsx';
import { panel } from '../state/display.ts';
import { listKeys } from '../state/keys.ts';
import { openings, patient } from '../state/workspace.ts';
import { DisplayPanel } from './display-panel.tsx';
import { GuideTab } from './guide-tab.tsx';
import { Section } from './section.tsx';

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly content: () => ComponentChildren;
}

const tabs: readonly Tab[] = [
  { id: 'plan', title: 'Plan', content: () => withPatient((view) => <Planning patient={view} />) },
  { id: 'guide', title: 'Guide', content: () => <GuideTab /> },
  {
    id: 'beam',
    title: 'Beam',
    content: () => withPatient((view) => <BeamPanel key={openings.value} patient={view} />),
  },
  {
    id: 'compare',
    title: 'Compare',
    content: () => withPatient((view) => <ComparePanel patient={view} />),
  },
  {
    id: 'profile',
    title: 'Profile',
    content: () => withPatient((view) => <ProfilePanel key={openings.value} patient={view} />),
  },
  { id: 'display', title: 'Display', content: () => withPatient((view) => <DisplayPanel patient={view} />) },
];

listKeys('Tabs and menus', [
  { keys: ['ArrowLeft', 'ArrowRight'], what: 'from tab to tab' },
  { keys: ['ArrowUp', 'ArrowDown'], what: 'through a menu' },
]);

/** What stands beside the views, one tab at a time; arrows go from tab to tab. */
export function Panels() {
  const shown = tabs.find(({ id }) => id === panel.value) ?? tabs[0];
  const go = (step: number): void => {
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length];
    panel.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <aside aria-label="Panels">
      <div class="tabs" role="tablist">
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === shown.id}
            aria-controls="panel"
            tabIndex={id === shown.id ? 0 : -1}
            onClick={() => (panel.value = id)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowRight') go(1);
              else if (event.key === 'ArrowLeft') go(-1);
            }}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${shown.id}`}>
        {shown.content()}
      </div>
    </aside>
  );
}

function withPatient(content: (view: PatientView) => ComponentChildren): ComponentChildren {
  const view = patient.value;
  return view === undefined ? (
    <p class="faint">No patient is open. Open one with File, or drop its folder on the page.</p>
  ) : (
    content(view)
  );
}

function Planning({ patient }: { readonly patient: PatientView }) {
  return (
    <>
      <p class="patient">
        <strong>{patient.id}</strong>
        <span class="faint">{prescribed(patient)}</span>
      </p>
      <TargetsTable key={`${patient.id} ${patient.protocol.name}`} patient={patient} />
      <Section title="Optimiser">
        <PlanPanel />
      </Section>
      <Section title="Dose and volume">
        <DvhChart key={openings.value} patient={patient} />
        <Metrics key={`m ${patient.id}`} patient={patient} />
      </Section>
      <Section title="Goals">
        <GoalsTable />
      </Section>
      <Section title="Objectives">
        <ObjectivesEditor />
        <AddObjective key={`o ${patient.id}`} patient={patient} />
      </Section>
      {[...patient.warnings, ...patient.notes].map((warning) => (
        <p key={warning} class="faint">
          {warning}
        </p>
      ))}
    </>
  );
}

/** What is prescribed, in words: `50 Gy to PTV in 25 fractions`. */
function prescribed({ protocol: { targets, fractions } }: PatientView): string {
  if (targets.length === 0) return 'nothing is prescribed';
  const each = targets.map(({ structure, prescriptionGy }) => `${prescriptionGy} Gy to ${structure}`);
  return `${each.join(', ')} in ${fractions} ${fractions === 1 ? 'fraction' : 'fractions'}`;
}
