import { isDriven } from '../state/robot.ts';

/** Opens a dialog so that STOP stays within reach: modal only while no robot is driven. Signals that it reads may reopen it. */
export function showDialog(dialog: HTMLDialogElement | null): void {
  const isModal = !isDriven.value;
  if (dialog === null) return;
  if (dialog.open) dialog.close();
  if (isModal) dialog.showModal();
  else dialog.show();
}

/** As Escape does in a modal dialog; one that is not modal does not hear it by itself. */
export function dismissDialogs(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) {
    if (dialog.dispatchEvent(new Event('cancel', { cancelable: true }))) dialog.close();
  }
}
