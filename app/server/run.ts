import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { IsocenterError, inputError } from '../../engine/core/errors.ts';
import { toJson } from '../../engine/core/json.ts';
import { type Grant, LinkHost } from '../../engine/link/host.ts';
import type { Hello } from '../../engine/link/records.ts';
import type { ToolSettings } from '../guide/tool.ts';
import { sha256 } from '../inputs/files.ts';
import { openNode } from '../ros2/open.ts';
import type { DdsNodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';
import { openInBrowser } from './browser.ts';
import { FolderFiles } from './files.ts';
import { viewerHandlers } from './handlers.ts';
import { Jobs } from './jobs.ts';
import { type Caller, listen } from './listen.ts';
import { OfferedPatients } from './patients.ts';
import { Recordings } from './recordings.ts';
import { openRobot } from './robot/open.ts';

export interface ServeSettings extends DdsNodeOptions, ToolSettings {
  readonly host: string;
  readonly port: number;
  /** Whether to open the page in the user's browser. */
  readonly open: boolean;
  readonly patients: readonly string[];
  /** The patient that the page opens. */
  readonly show?: string | undefined;
  /** What else the page begins with, behind the token: `demo`. */
  readonly page?: string;
  readonly robot?: string;
  readonly ros2?: boolean;
  readonly namespace?: string;
  readonly scene?: string;
  /** From the first patient to the robot's base. */
  readonly registration?: string;
  /** Structures of the first patient that the robot keeps out of: NAME:MM each. */
  readonly keepOut: readonly string[];
  readonly scale: number;
  readonly rate: number;
  readonly handSeed: number;
  readonly recordings?: string;
  readonly json?: boolean;
}

const MOST_SESSIONS = 32;
/** Beside the built command line, and beside its sources. */
const PAGE_PLACES = ['../../site', '../../dist/site'];

/** `isocenter serve`: the viewer and what it talks to, until the user stops it. */
export async function runServe(settings: ServeSettings, session: Session): Promise<void> {
  const { host, port, json } = settings;
  if (settings.robot === undefined) {
    const hint = 'give --robot psm, or another';
    if (settings.keepOut.length > 0) {
      throw inputError('serve/no-robot', '--keep-out: there is no robot to keep out of it', hint);
    }
    if (settings.tool !== undefined || settings.rcm !== undefined) {
      throw inputError('serve/no-robot', '--tool, --rcm: there is no robot to hold the tool', hint);
    }
  }
  const patients = await OfferedPatients.of(settings.patients);
  const recordings = new Recordings(settings.recordings);
  await recordings.list();
  const node = settings.ros2 === true ? await openNode(settings, 'isocenter_serve') : undefined;
  node?.onWarning((warning) => process.stderr.write(`${warning}\n`));
  const closing: (() => void | Promise<void>)[] = [() => node?.close()];
  try {
    const { robot: name } = settings;
    const [first] = settings.patients;
    const robotSettings = { ...settings, robot: name ?? '', ...(first === undefined ? {} : { patient: first }) };
    const robot = name === undefined ? undefined : await openRobot(robotSettings, node, session);
    if (robot !== undefined) closing.unshift(() => robot.close());
    const token = newToken();
    const services = { patients, jobs: new Jobs(), recordings, robot, node };
    const hosts = [true, false].map((isOwnPage) => newHost({ isOwnPage }, token, services));
    closing.unshift(() => {
      for (const each of hosts) each.close('the server stops');
    });
    const files = new FolderFiles(pageFolder());
    const listening = await listen({ host, port }, files, ({ isOwnPage }) => hosts[isOwnPage ? 0 : 1]);
    closing.splice(1, 0, () => listening.close());
    const patient = settings.show === undefined ? '' : `&patient=${encodeURIComponent(patients.nameOf(settings.show))}`;
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}/`;
    const page = settings.page === undefined ? '' : `&${settings.page}`;
    const url = `${address}#token=${token}${patient}${page}`;
    if (json) process.stdout.write(toJson({ url, address, token, link: address.replace('http', 'ws').concat('link') }));
    else {
      const what =
        robot === undefined ? 'no robot' : `${name}${node === undefined ? ', simulated' : ` on ${node.where}`}`;
      process.stdout.write(`${url}\n${what}; Ctrl-C stops. For research, not for clinical use.\n`);
    }
    if (settings.open) openInBrowser(url);
    await stopped(session.signal);
  } finally {
    for (const close of closing) await close();
  }
}

/** A new one at each start, unless ISOCENTER_TOKEN gives one that pages keep over starts. */
function newToken(): string {
  const given = process.env.ISOCENTER_TOKEN;
  if (given === undefined) return randomBytes(18).toString('base64url');
  if (/^[A-Za-z0-9_-]{16,200}$/.test(given)) return given;
  const hint = 'give 16 to 200 letters, digits, - and _, or leave it out for a new token at each start';
  throw inputError('serve/token', `ISOCENTER_TOKEN has ${given.length} characters, or others than those`, hint);
}

function newHost(caller: Caller, token: string, services: Parameters<typeof viewerHandlers>[0]): LinkHost {
  return new LinkHost({
    server: `isocenter ${version()}`,
    newId: () => randomBytes(18).toString('base64url'),
    mostSessions: MOST_SESSIONS,
    authorise: (hello) => authorise(hello, caller, token),
    handlers: (session) => viewerHandlers(services, session),
  });
}

/** With the token everything; without, a page of this server may look. */
function authorise({ token }: Hello, { isOwnPage }: Caller, wanted: string): Grant {
  // Of equal length and compared in equal time, whatever is sent.
  const isRight = token !== undefined && timingSafeEqual(Buffer.from(sha256(token)), Buffer.from(sha256(wanted)));
  if (isRight) return { mayControl: true };
  if (token === undefined && isOwnPage) return { mayControl: false };
  throw new IsocenterError({
    code: 'link/token',
    message: token === undefined ? 'the server wants its token' : 'the token is not that of this server',
    hint: 'open the address that the server printed when it started: each start has a new token',
  });
}

function pageFolder(): string {
  const places = PAGE_PLACES.map((path) => new URL(path, import.meta.url).pathname);
  return places.find((place) => existsSync(place)) ?? places[0];
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
