import { inputError } from '../../engine/core/errors.ts';
import { parseMultipart } from '../../engine/formats/dicomweb/multipart.ts';

const MOST_REDIRECTS = 5;
/** Text of answers: some hundred thousand objects. */
const LONGEST_TEXT = 2 ** 28;
/** One object. */
const LONGEST_BODY = 2 ** 31;

/**
 * What dicomweb-client needs of XMLHttpRequest, on `fetch`. Multipart answers are taken apart here, by a parser that refuses
 * what was cut off, and their one part is handed on as the body: the library's own gives out what has come.
 * Redirects are followed within the origin only, so that no other one sees the credentials or the data.
 */
export class FetchRequest {
  responseType = '';
  readyState = 0;
  status = 0;
  response: unknown = null;
  withCredentials = false;
  onreadystatechange: (() => void) | null = null;
  onloadstart: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  onprogress: (() => void) | null = null;
  /** Why there is no answer, where there is none. */
  failure: unknown;
  /** The answer as text, where it was no object. */
  text = '';
  /** Seconds that the server asks to wait for. */
  retryAfterSec = 0;

  readonly #signal: AbortSignal;
  readonly #silenceMs: number;
  readonly #headers: Record<string, string> = {};
  #method = '';
  #url = '';
  #type = '';

  /** @param silenceMs after so long without a byte the connection counts as dropped [ms] */
  constructor(signal: AbortSignal, silenceMs: number) {
    this.#signal = signal;
    this.#silenceMs = silenceMs;
  }

  open(method: string, url: string): void {
    this.#method = method.toUpperCase();
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  getResponseHeader(name: string): string | null {
    return name.toLowerCase() === 'content-type' ? this.#type : null;
  }

  getAllResponseHeaders(): string {
    return `content-type: ${this.#type}\r\n`;
  }

  send(body?: ArrayBuffer): void {
    void this.#run(body)
      .catch((failure: unknown) => {
        this.status = 0;
        this.failure = failure;
      })
      .then(() => {
        this.readyState = 4;
        this.onreadystatechange?.();
      });
  }

  async #run(body: ArrayBuffer | undefined): Promise<void> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error('no answer came in time')), this.#silenceMs);
    try {
      const answer = await this.#fetch(body, AbortSignal.any([this.#signal, silence.signal]));
      this.retryAfterSec = Number(answer.headers.get('retry-after') ?? 0) || 0;
      const type = answer.headers.get('content-type') ?? '';
      const isObject = answer.ok && this.responseType === 'arraybuffer';
      const bytes = await drain(answer, isObject ? LONGEST_BODY : LONGEST_TEXT, () => timer.refresh());
      this.#take(bytes, type, isObject);
      this.status = answer.status;
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(body: ArrayBuffer | undefined, signal: AbortSignal): Promise<Response> {
    let url = this.#url;
    for (let times = 0; times <= MOST_REDIRECTS; times++) {
      const answer = await fetch(url, {
        method: this.#method,
        headers: this.#headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal,
      });
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status >= 400 || location === null) return answer;
      await answer.body?.cancel();
      const next = new URL(location, url);
      if (next.origin !== new URL(url).origin || this.#method !== 'GET') {
        throw inputError(
          'dicomweb/redirect',
          `${new URL(url).host} sends on to ${next.host}, where nothing is sent`,
          'give --url the address that the archive really has',
        );
      }
      url = next.href;
    }
    throw inputError('dicomweb/redirect', `${new URL(url).host} sends on in a circle`, 'check --url');
  }

  #take(bytes: Uint8Array, type: string, isObject: boolean): void {
    this.#type = type;
    if (!isObject) {
      this.text = new TextDecoder().decode(bytes);
      this.response = this.responseType === 'json' ? parsed(this.text) : this.text;
      return;
    }
    let body = bytes;
    if (/^\s*multipart\//i.test(type)) {
      const where = new URL(this.#url).host;
      const parts = parseMultipart(type, bytes, where);
      if (parts.length !== 1) {
        const hint = 'the archive does not answer as DICOMweb does: report this to who runs it';
        throw inputError('dicomweb/answer', `${where} answers with ${parts.length} objects instead of one`, hint);
      }
      body = parts[0].body;
      this.#type = parts[0].contentType.replace('multipart', '');
    }
    // Not slice: of a Buffer it gives a view.
    this.response = Uint8Array.from(body).buffer;
  }
}

async function drain(answer: Response, most: number, alive: () => void): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body ?? []) {
    alive();
    pieces.push(piece);
    length += piece.length;
    if (length <= most) continue;
    const hint = 'ask for less: one series instead of a study, or a narrower query';
    throw inputError('dicomweb/too-large', `${new URL(answer.url).host} answers with more than ${most} bytes`, hint);
  }
  return Buffer.concat(pieces);
}

function parsed(text: string): unknown {
  if (text.trim() === '') return [];
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
