import { spawn } from 'node:child_process';

/** Opens the address in the user's browser where the desktop has a way to; the printed address stands in any case. */
export function openInBrowser(url: string): void {
  const child = spawn('xdg-open', [url], { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
}
