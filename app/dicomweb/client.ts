import { setTimeout as wait } from 'node:timers/promises';
import dicomweb from 'dicomweb-client';
import { IsocenterError, inputError } from '../../engine/core/errors.ts';
import {
  type InstanceReference,
  instanceReference,
  type JsonDataset,
  jsonDatasets,
  type StoreFailure,
  storeFailures,
} from '../../engine/formats/dicomweb/model.ts';
import type { ArchiveAddress } from './address.ts';
import { FetchRequest } from './fetch-request.ts';

/** How hard an archive is tried. */
export interface Patience {
  /** Tries after the first one. */
  readonly retries: number;
  /** Before the first retry; doubled with each [ms]. */
  readonly pauseMs: number;
  /** Without a byte for so long the connection counts as dropped [ms]. */
  readonly silenceMs: number;
}

export const PATIENCE: Patience = { retries: 4, pauseMs: 250, silenceMs: 60_000 };
const LONGEST_PAUSE_MS = 30_000;
/** Objects asked for at a time. */
const PAGE = 1000;
const OBJECT = 'SOPInstanceUID';

type Library = InstanceType<typeof dicomweb.api.DICOMwebClient>;

/**
 * A DICOMweb archive. Requests and their answers are dicomweb-client's; what is added: retries, errors in words that never
 * hold credentials, pages, and multipart answers that must be whole (see {@link FetchRequest}).
 */
export class Archive {
  readonly host: string;
  readonly #address: ArchiveAddress;
  readonly #signal: AbortSignal;
  readonly #patience: Patience;

  constructor(address: ArchiveAddress, signal: AbortSignal, patience = PATIENCE) {
    this.host = address.host;
    this.#address = address;
    this.#signal = signal;
    this.#patience = patience;
  }

  /** Studies that match (QIDO-RS); keys are attributes' keywords. */
  async studies(query: Readonly<Record<string, string>>): Promise<JsonDataset[]> {
    return this.#pages('StudyInstanceUID', query, (queryParams, request) =>
      this.#library().searchForStudies({ queryParams, request }),
    );
  }

  async series(studyUid: string, query: Readonly<Record<string, string>>): Promise<JsonDataset[]> {
    return this.#pages('SeriesInstanceUID', query, (queryParams, request) =>
      this.#library().searchForSeries({ studyInstanceUID: studyUid, queryParams, request }),
    );
  }

  /** All objects of a study, or of one of its series. */
  async instances(studyUid: string, seriesUid?: string): Promise<InstanceReference[]> {
    const series = seriesUid === undefined ? {} : { seriesInstanceUID: seriesUid };
    const rows = await this.#pages(OBJECT, {}, (queryParams, request) =>
      this.#library().searchForInstances({ studyInstanceUID: studyUid, ...series, queryParams, request }),
    );
    return rows
      .map((row) => instanceReference(row, studyUid, this.host))
      .filter((one) => seriesUid === undefined || one.seriesUid === seriesUid);
  }

  /** An object as the archive has it: in the transfer syntax it is stored in (WADO-RS). */
  async retrieve({ studyUid, seriesUid, sopUid }: InstanceReference): Promise<Uint8Array> {
    // The library refuses media types that are named, its own one too.
    const library = this.#library('multipart/related; type="application/dicom"; transfer-syntax=*');
    const { result } = await this.#try((request) =>
      library.retrieveInstance({
        studyInstanceUID: studyUid,
        seriesInstanceUID: seriesUid,
        sopInstanceUID: sopUid,
        request,
      }),
    );
    return new Uint8Array(result ?? new ArrayBuffer(0));
  }

  /** Stores objects of one study (STOW-RS); those that it did not take come back with the reason. */
  async store(studyUid: string, files: readonly Uint8Array[]): Promise<StoreFailure[]> {
    const datasets = files.map((bytes) => Uint8Array.from(bytes).buffer);
    const library = this.#library('application/dicom+json');
    const { instance } = await this.#try(
      (request) => library.storeInstances({ studyInstanceUID: studyUid, datasets, request }),
      [409],
    );
    let answer: unknown;
    try {
      answer = JSON.parse(instance.text);
    } catch {
      answer = undefined;
    }
    return jsonDatasets(answer, this.host).flatMap(storeFailures);
  }

  #library(accept?: string): Library {
    const { url, authorization } = this.#address;
    const headers: Record<string, string> = {};
    if (authorization !== undefined) headers.Authorization = authorization;
    if (accept !== undefined) headers.Accept = accept;
    return new dicomweb.api.DICOMwebClient({ url, headers, verbose: false });
  }

  /** Until a page has nothing new: archives limit pages as they like, and some know no offset. */
  async #pages(
    key: string,
    query: Readonly<Record<string, string>>,
    ask: (query: Record<string, string | number>, request: { instance: FetchRequest }) => Promise<unknown>,
  ): Promise<JsonDataset[]> {
    const found = new Map<string, JsonDataset>();
    for (;;) {
      const page = { ...query, limit: PAGE, offset: found.size };
      // Of a study that they do not have, some archives list nothing, others say 404.
      const { result, instance } = await this.#try((request) => ask(page, request), key === OBJECT ? [404] : []);
      const before = found.size;
      for (const row of instance.status === 404 ? [] : jsonDatasets(result, this.host)) found.set(row.text(key), row);
      if (found.size === before) return [...found.values()];
    }
  }

  /** @param answers of which status are answers, not failures */
  async #try<T>(
    action: (request: { instance: FetchRequest }) => Promise<T>,
    answers: readonly number[] = [],
  ): Promise<{ result: T | undefined; instance: FetchRequest }> {
    const { retries, pauseMs, silenceMs } = this.#patience;
    for (let times = 0; ; times++) {
      const instance = new FetchRequest(this.#signal, silenceMs);
      try {
        return { result: await action({ instance }), instance };
      } catch (error) {
        this.#signal.throwIfAborted();
        const { status, failure } = instance;
        if (answers.includes(status)) return { result: undefined, instance };
        if (failure instanceof IsocenterError && failure.code !== 'dicomweb/multipart') throw failure;
        // Neither an answer nor a reason for none: a fault in the library's use.
        if (status === 0 && failure === undefined) throw error;
        const isPassing = status === 0 || status === 408 || status === 429 || status >= 500;
        if (!isPassing || times === retries) throw this.#fault(instance);
        const asked = Math.min(LONGEST_PAUSE_MS, 1000 * instance.retryAfterSec);
        await wait(Math.max(asked, pauseMs * 2 ** times * (0.75 + 0.5 * Math.random())), undefined, {
          signal: this.#signal,
        }).catch(() => {});
        this.#signal.throwIfAborted();
      }
    }
  }

  #fault({ status, failure }: FetchRequest): IsocenterError {
    if (failure instanceof IsocenterError) return failure;
    if (status === 0) {
      const { cause, message } = failure as Error & { cause?: Error & { code?: string } };
      const reason = cause?.code ?? cause?.message ?? message;
      const hint = 'check that the archive runs and --url is right, and run the command again';
      return inputError('dicomweb/unreachable', `no answer from ${this.host}: ${reason}`, hint);
    }
    if (status === 401 || status === 403) {
      const hint =
        'set ISOCENTER_DICOMWEB_USER and ISOCENTER_DICOMWEB_PASSWORD, or ISOCENTER_DICOMWEB_TOKEN, to what it accepts';
      return inputError('dicomweb/refused', `${this.host} refuses access (HTTP ${status})`, hint);
    }
    const hint =
      status === 404 ? 'check --url and the UIDs' : 'look into the log of the archive, and run the command again';
    return inputError('dicomweb/status', `${this.host} answers with HTTP ${status}`, hint);
  }
}
