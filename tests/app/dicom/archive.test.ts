import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDicom } from '../../../engine/formats/dicom/read.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';
import { exported, studyOf } from '../../engine/formats/dicom/rt-fixture.ts';
import { convertedBy, writeAll } from '../../engine/formats/dicom/tools.ts';
import { isocenter, temporaryFolder } from '../support/cli.ts';
import { freePort, type Orthanc, startOrthanc } from './orthanc.ts';

const folder = temporaryFolder();
const patient = buildPhantom('tg119-cshape', { voxelMm: 8 });
const { ct, structures, dose } = exported(patient);
const study = studyOf(patient.id).studyInstanceUid;
const local = writeAll(join(folder, 'local'), [...ct, structures, dose]);
const objects = ct.length + 2;
const USER = 'physicist';
const PASSWORD = 'a-Secret-8472';
const credentials = { ISOCENTER_DICOMWEB_USER: USER, ISOCENTER_DICOMWEB_PASSWORD: PASSWORD };
let archive: Orthanc;

beforeAll(async () => {
  archive = await startOrthanc({ folder: join(folder, 'orthanc'), users: { [USER]: PASSWORD } });
});
afterAll(() => archive.stop());

function dicom(args: readonly string[], env: Readonly<Record<string, string>> = credentials) {
  return isocenter(['dicom', ...args], { env });
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

function parts(path: string) {
  const file = readDicom(path, readFileSync(path));
  const contours = file.dataset
    .items('ROIContourSequence')
    .flatMap((roi) => roi.items('ContourSequence').map((c) => c.texts('ContourData').join('\\')));
  return { pixels: file.pixels?.pieces.map((piece) => Buffer.from(piece).toString('base64')), contours };
}

/** By object UID. */
function byUid(paths: readonly string[]): Map<string, ReturnType<typeof parts>> {
  return new Map(paths.map((path) => [readDicom(path, readFileSync(path)).sopInstanceUid, parts(path)]));
}

describe('with Orthanc, which wants a password', () => {
  it('refuses without credentials, in two lines that name the variables', async () => {
    const { code, stderr } = await dicom(['push', '--url', archive.url, local], {});
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    expect(stderr).toContain('HTTP 401');
    expect(stderr).toContain('ISOCENTER_DICOMWEB_USER');
  });

  it('a wrong password is refused at once and shown nowhere', async () => {
    const env = { ...credentials, ISOCENTER_DICOMWEB_PASSWORD: 'wrong-Secret-99' };
    const { code, stdout, stderr } = await dicom(['query', '--url', archive.url], { ...env, ISOCENTER_DEBUG: '1' });
    expect(code).toBe(2);
    const base64 = Buffer.from(`${USER}:wrong-Secret-99`).toString('base64');
    for (const secret of ['wrong-Secret-99', base64]) expect(stdout + stderr).not.toContain(secret);
  });

  it('pushes a study, and a second time finds it there', async () => {
    writeFileSync(join(local, 'notes.txt'), 'no DICOM');
    const first = await dicom(['push', '--url', archive.url, local, '--json']);
    expect(first.stderr).toBe('');
    expect(JSON.parse(first.stdout)).toMatchObject({
      objects,
      stored: objects,
      kept: 0,
      failed: [],
      skipped: [join(local, 'notes.txt')],
    });
    const second = await dicom(['push', '--url', archive.url, local, '--json']);
    expect(JSON.parse(second.stdout)).toMatchObject({ stored: 0, kept: objects });
  });

  it('lists studies and series', async () => {
    const studies = await dicom(['query', '--url', archive.url, '--patient', patient.id, '--modality', 'CT', '--json']);
    expect(JSON.parse(studies.stdout)).toEqual({
      studies: [
        expect.objectContaining({ studyUid: study, patientId: patient.id, date: '20260102', instances: objects }),
      ],
    });
    const series = await dicom(['query', '--url', archive.url, '--study', study, '--json']);
    const modalities = JSON.parse(series.stdout).series.map((s: { modality: string }) => s.modality);
    expect(modalities.sort()).toEqual(['CT', 'RTDOSE', 'RTSTRUCT']);
    const table = await dicom(['query', '--url', archive.url, '--date', '20260101-20260131']);
    expect(table.stdout).toContain(study);
    expect((await dicom(['query', '--url', archive.url, '--patient', 'nobody'])).stdout).toBe('No study matches.\n');
  });

  it('pulls the same pixels and contours, to the byte', async () => {
    const out = join(folder, 'pulled');
    const { stdout, stderr } = await dicom(['pull', '--url', archive.url, '--study', study, '--out', out, '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ objects, fetched: objects, kept: 0 });
    const pulled = await filesIn(out);
    expect(pulled).toHaveLength(objects);
    const before = byUid([...ct, structures, dose].map(({ name }) => join(local, name)));
    expect(byUid(pulled)).toEqual(before);
  });

  it('a plan on what was pulled is the plan on what was pushed', async () => {
    const plan = async (from: string): Promise<number> => {
      const args = ['--protocol', 'tg119-cshape', '--beams', '3', '--bixel', '10', '--max-iterations', '10', '--json'];
      const { code, stdout, stderr } = await isocenter(['plan', from, ...args]);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout).objective;
    };
    expect(await plan(join(folder, 'pulled'))).toBe(await plan(local));
  });

  it('what is whole is kept; what is missing or damaged is fetched again', async () => {
    const out = join(folder, 'pulled');
    const [one, other] = await filesIn(out);
    writeFileSync(one, readFileSync(one).subarray(0, 700));
    writeFileSync(other, '');
    const { stdout } = await dicom(['pull', '--url', archive.url, '--study', study, '--out', out, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ fetched: 2, kept: objects - 2 });
    expect(readDicom(one, readFileSync(one)).pixels ?? readDicom(one, readFileSync(one)).dataset).toBeDefined();
  });

  it('compressed objects come as they are stored', async () => {
    const other = convertedBy(folder, ct[3].bytes, 'gdcmconv', '--j2k');
    const mine = writeAll(join(folder, 'compressed'), [{ name: 'a', bytes: other }]);
    const second = await startOrthanc({ folder: join(folder, 'orthanc-2') });
    try {
      expect((await dicom(['push', '--url', second.url, mine], {})).code).toBe(0);
      const out = join(folder, 'compressed-pulled');
      expect((await dicom(['pull', '--url', second.url, '--study', study, '--out', out], {})).stderr).toBe('');
      const [pulled] = await filesIn(out);
      expect(readDicom('a', readFileSync(pulled)).transferSyntaxUid).toBe('1.2.840.10008.1.2.4.90');
      expect(parts(pulled)).toEqual(parts(join(mine, 'a')));
    } finally {
      await second.stop();
    }
  });

  it('a study or a series that is not there is named', async () => {
    const { code, stderr } = await dicom([
      'pull',
      '--url',
      archive.url,
      '--study',
      '1.2.3',
      '--out',
      join(folder, 'x'),
    ]);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
    expect(stderr).toContain('has no study 1.2.3');
    expect(await filesIn(join(folder, 'x'))).toEqual([]);
  });
});

it('objects that an archive does not take are named with the reason; a study it says 404 of is new to it', async () => {
  const { sopInstanceUid, name } = ct[2];
  const failed = { '00081155': { vr: 'UI', Value: [sopInstanceUid] }, '00081197': { vr: 'US', Value: [0xa700] } };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'GET') return void response.writeHead(404).end();
      response.writeHead(409, { 'content-type': 'application/dicom+json' });
      response.end(JSON.stringify({ '00081198': { vr: 'SQ', Value: [failed] } }));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  const { code, stdout, stderr } = await dicom(['push', '--url', `http://127.0.0.1:${port}`, join(local, name)]);
  server.close();
  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
  for (const text of [stdout, stderr]) expect(text).toContain(`${join(local, name)}: the archive is out of resources`);
});

describe('between them a line that fails', () => {
  /** Passes requests on to Orthanc until `fate` takes them. */
  async function line(
    fate: (path: string, count: number) => 'pass' | 'cut' | 'drop' | number,
  ): Promise<[string, Server]> {
    let retrieved = 0;
    const server = createServer(async (request, response) => {
      const path = request.url ?? '';
      const isObject = /\/instances\/[\d.]+$/.test(path);
      const what = isObject ? fate(path, ++retrieved) : 'pass';
      if (what === 'drop') return void request.socket.destroy();
      if (typeof what === 'number') return void response.writeHead(what).end();
      const { accept = '*/*', authorization = '' } = request.headers;
      const answer = await fetch(`http://127.0.0.1:${archive.port}${path}`, { headers: { accept, authorization } });
      const body = Buffer.from(await answer.arrayBuffer());
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      if (what === 'cut') response.end(body.subarray(0, body.length - 100));
      else response.end(body);
    });
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return [`http://127.0.0.1:${port}/dicom-web`, server];
  }

  async function pullThrough(url: string, out: string) {
    const outcome = await dicom(['pull', '--url', url, '--study', study, '--out', out, '--json']);
    const files = await filesIn(out);
    // What is there is whole, always.
    for (const path of files) expect(readDicom(path, readFileSync(path)).sopInstanceUid).toBeTruthy();
    expect(files.filter((path) => path.includes('.partial'))).toEqual([]);
    return { ...outcome, files };
  }

  it('dropped connections, 503s and answers cut short are tried again', async () => {
    const [url, server] = await line((_, n) => (n === 2 ? 'drop' : n === 4 ? 503 : n === 6 ? 'cut' : 'pass'));
    const { code, files, stderr } = await pullThrough(url, join(folder, 'shaky'));
    server.close();
    expect({ code, stderr, files: files.length }).toEqual({ code: 0, stderr: '', files: objects });
  });

  it('401 in the middle ends at once; the next run goes on', async () => {
    const out = join(folder, 'refused');
    const [url, server] = await line((_, n) => (n > 5 ? 401 : 'pass'));
    const { code, stderr, files } = await pullThrough(url, out);
    server.close();
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    expect(stderr).toContain(`${files.length} of ${objects} objects are in ${out}`);
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(files.length).toBeLessThanOrEqual(5);
    expect(stderr).not.toContain(PASSWORD);
    const again = await pullThrough(archive.url, out);
    expect(JSON.parse(again.stdout)).toMatchObject({ kept: files.length, fetched: objects - files.length });
  });

  it('a server that sends elsewhere does not get credentials or requests there', async () => {
    let asked = 0;
    const elsewhere = createServer((_, response) => {
      asked++;
      response.end('[]');
    });
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    const place = elsewhere.address() as { port: number };
    const server = createServer((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${place.port}/dicom-web/studies` }).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const { code, stderr } = await dicom(['query', '--url', `http://127.0.0.1:${port}/dicom-web`]);
    server.close();
    elsewhere.close();
    expect({ code, asked }).toEqual({ code: 2, asked: 0 });
    expect(stderr).toContain('sends on to');
  });
});

it('Orthanc killed in the middle: what came is whole; it restarts, and the pull goes on', async () => {
  const place = join(folder, 'orthanc');
  const out = join(folder, 'killed');
  const { port } = archive;
  const pull = dicom(['pull', '--url', archive.url, '--study', study, '--out', out, '--json']);
  let isOver = false;
  void pull.then(() => {
    isOver = true;
  });
  while (!isOver && (await filesIn(out)).length < 2) await new Promise((done) => setTimeout(done, 2));
  await archive.stop(true);
  const { code, stderr } = await pull;
  const there = (await filesIn(out)).filter((path) => !path.includes('.partial'));
  for (const path of there) expect(readDicom(path, readFileSync(path)).sopInstanceUid).toBeTruthy();
  archive = await startOrthanc({ folder: place, users: { [USER]: PASSWORD }, port });
  // A fast machine may have finished before the kill.
  if (code !== 0) {
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
    expect(stderr).toContain(`${there.length} of ${objects} objects`);
  }
  const again = await dicom(['pull', '--url', archive.url, '--study', study, '--out', out, '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ kept: there.length, fetched: objects - there.length });
});

it.each([
  ['http://me:pw-4711@localhost/dicom-web', 'holds a user or a password'],
  ['https://me:pw-4711@[bad/dicom-web', 'is no http or https URL'],
  ['ftp://localhost/dicom-web', 'is no http or https URL'],
  ['http://pacs.example.org/dicom-web', 'plain http'],
  ['http://localhost:1/dicom-web?x=1', 'query'],
])('%s is refused', async (url, part) => {
  const { code, stdout, stderr } = await dicom(['query', '--url', url]);
  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
  expect(stderr).toContain(part);
  expect(stdout + stderr).not.toContain('pw-4711');
});
