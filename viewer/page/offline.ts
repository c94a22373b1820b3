import { signal } from '@preact/signals';

/** Whether the page would open without its server. */
export const isKept = signal(false);

/**
 * Has the built page stored for when its server is gone, once it stands: storing competes with nothing that is looked at.
 * In development nothing is stored.
 */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = async (): Promise<void> => {
    try {
      const registration = await navigator.serviceWorker.register(new URL('offline-worker.js', document.baseURI));
      await navigator.serviceWorker.ready;
      isKept.value = true;
      document.documentElement.dataset.offline = 'kept';
      await registration.update();
    } catch {
      // Storage may be forbidden or full, or the server gone: what is stored, if anything is, stays.
    }
  };
  if (document.readyState === 'complete') void register();
  else addEventListener('load', () => void register(), { once: true });
}
