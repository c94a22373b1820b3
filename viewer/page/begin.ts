import { effect } from '@preact/signals';
import { faultOf } from '../engine/fault.ts';
import { panel } from '../state/display.ts';
import { openSource } from '../state/opening.ts';
import { session } from '../state/robot.ts';
import { fault, patient } from '../state/workspace.ts';

/**
 * What the address asks for behind `#`: `token=...` is that of the server, whose robot is watched then, and whose `patient=...` is
 * opened; `demo` plans a phantom and has a robot guided in it.
 */
export async function begin(): Promise<void> {
  const asked = new URLSearchParams(location.hash.slice(1));
  const isDemo = asked.has('demo') || new URLSearchParams(location.search).has('demo');
  if (!isDemo && !asked.has('token')) return;
  try {
    if (isDemo) {
      openSource({ kind: 'phantom', name: 'tg119-cshape', voxelMm: 3 });
      panel.value = 'guide';
      await opened();
      const { runDemo } = await import('../guide/demo.ts');
      await runDemo();
      return;
    }
    const { onServerSession, openLink } = await import('../guide/server-link.ts');
    const { connectServer } = await import('../guide/guide-actions.ts');
    openLink();
    const leave = onServerSession((peer, { robot }) => {
      leave();
      if (robot !== null && session.peek() === undefined) connectServer();
      const name = asked.get('patient');
      if (name !== null) void import('../guide/server-patient.ts').then((m) => m.openServerPatient(peer, name));
    });
  } catch (error) {
    fault.value = faultOf(error);
  }
}

/** Resolves when a patient is shown. */
function opened(): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (patient.value === undefined) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
