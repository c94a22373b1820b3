import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export interface OrthancOptions {
  /** Where it keeps what it stores; the same folder again is the same archive. */
  readonly folder: string;
  /** With names and passwords, access needs one of them. */
  readonly users?: Readonly<Record<string, string>>;
  readonly port?: number;
}

/** A running archive. */
export interface Orthanc {
  readonly url: string;
  readonly port: number;
  /** Ends it; at once, as a power cut would, where `isKilled`. */
  stop(isKilled?: boolean): Promise<void>;
}

/** Starts Orthanc with its DICOMweb plugin on a free port of this machine. */
export async function startOrthanc({ folder, users, port }: OrthancOptions): Promise<Orthanc> {
  mkdirSync(folder, { recursive: true });
  const http = port ?? (await freePort());
  const config = join(folder, 'orthanc.json');
  const log = join(folder, 'orthanc.log');
  writeFileSync(
    config,
    JSON.stringify({
      Name: 'isocenter test',
      StorageDirectory: join(folder, 'db'),
      IndexDirectory: join(folder, 'db'),
      Plugins: [PLUGIN],
      HttpPort: http,
      HttpServerEnabled: true,
      DicomServerEnabled: false,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: users !== undefined,
      RegisteredUsers: users ?? {},
      OverwriteInstances: false,
      DicomWeb: { Enable: true, Root: '/dicom-web/', EnableWado: false, Ssl: false },
    }),
  );
  const server = spawn('/usr/sbin/Orthanc', [config, `--logfile=${log}`], { stdio: 'ignore' });
  const ended = new Promise<void>((done, fail) => {
    server.once('exit', () => done());
    server.once('error', fail);
  });
  ended.catch(() => {});
  const url = `http://127.0.0.1:${http}/dicom-web`;
  await answers(url, server, log);
  return {
    url,
    port: http,
    stop: async (isKilled = false) => {
      server.kill(isKilled ? 'SIGKILL' : 'SIGTERM');
      await ended;
    },
  };
}

async function answers(url: string, server: ChildProcess, log: string): Promise<void> {
  for (let times = 0; times < 200 && server.exitCode === null; times++) {
    const status = await fetch(`${url}/studies?limit=1`).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status !== 0) return;
    await wait(100);
  }
  server.kill('SIGKILL');
  throw new Error(`Orthanc does not answer: ${readFileSync(log, 'utf8').slice(-2000)}`);
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
