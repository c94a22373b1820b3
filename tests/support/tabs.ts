import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { chromiumPath, QUIET, RENDER } from './browser.ts';
import { pause } from './wait.ts';

type Reply = { readonly result?: Record<string, unknown>; readonly error?: { readonly message: string } };

/**
 * A browser whose tabs hide one another, as a user's do: Playwright keeps every page that it drives visible, so these are driven over
 * the browser's own protocol.
 */
export class Tabs {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #ids = 0;

  private constructor(child: ChildProcess, socket: WebSocket, profile: string) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    socket.on('message', (data) => {
      const reply = JSON.parse(String(data)) as Reply & { id?: number };
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    });
  }

  static async launch(): Promise<Tabs> {
    const profile = mkdtempSync(join(tmpdir(), 'isocenter-tabs-'));
    const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=1366,768'];
    const child = spawn(chromiumPath, [...own, ...QUIET, ...RENDER, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr?.on('data', (data: Buffer) => {
        said += data;
        const [found] = /ws:\/\/\S+/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the browser ended: ${said}`)));
    });
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new Tabs(child, socket, profile);
  }

  /** Opens an address in a new tab, which hides the one before. */
  async open(address: string): Promise<Tab> {
    const { targetId } = await this.#send('Target.createTarget', { url: address });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    return {
      evaluate: async (expression) => {
        const params = { expression, returnByValue: true, awaitPromise: true };
        const { result } = await this.#send('Runtime.evaluate', params, sessionId as string);
        return (result as { value?: unknown }).value;
      },
      show: async () => {
        await this.#send('Target.activateTarget', { targetId });
      },
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    await this.#send('Browser.close', {});
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #send(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }
}

export interface Tab {
  /** @returns the value, as JSON has it */
  evaluate(expression: string): Promise<unknown>;
  /** Brings it to the front, and hides the others. */
  show(): Promise<void>;
}

/** Presses the button, or opens the tab, of that name once it can be. */
export function press(tab: Tab, name: string): Promise<void> {
  const found = `[...document.querySelectorAll('button')].find((b) => b.textContent.trim() === ${JSON.stringify(name)} && !b.disabled)`;
  return holds(tab, `(() => { const b = ${found}; b?.click(); return b !== undefined; })()`);
}

/** Resolves once the expression is true in the page. */
export async function holds(tab: Tab, expression: string, timeoutMs = 20_000): Promise<void> {
  for (const end = performance.now() + timeoutMs; performance.now() < end; await pause(50)) {
    // While a page loads there is nobody to ask.
    if ((await tab.evaluate(expression).catch(() => undefined)) === true) return;
  }
  throw new Error(`${expression}: not within ${timeoutMs} ms`);
}
