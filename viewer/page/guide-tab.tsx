import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { faultOf } from '../engine/fault.ts';
import { fault } from '../state/workspace.ts';

/** The Guide tab, whose robots and planners are loaded when somebody wants them. */
export function GuideTab() {
  const content = useSignal<{ readonly Panel: ComponentType } | undefined>(undefined);
  useEffect(() => {
    import('../guide/guide-panel.tsx').then(
      ({ GuidePanel }) => {
        content.value = { Panel: GuidePanel };
      },
      (error: unknown) => {
        fault.value = faultOf(error);
      },
    );
  }, []);
  const Panel = content.value?.Panel;
  return Panel === undefined ? <p class="faint">Loading</p> : <Panel />;
}
