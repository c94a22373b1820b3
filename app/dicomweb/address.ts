import { inputError } from '../../engine/core/errors.ts';

/** Where an archive is, and what is said to get in. */
export interface ArchiveAddress {
  /** Root of the service, without a slash at the end. */
  readonly url: string;
  /** For messages: no credentials are in it. */
  readonly host: string;
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
}

const FROM_ENVIRONMENT = 'put the user into ISOCENTER_DICOMWEB_USER and the password into ISOCENTER_DICOMWEB_PASSWORD';

/**
 * Reads `--url`, and the credentials from the environment: ISOCENTER_DICOMWEB_TOKEN (a bearer token), or
 * ISOCENTER_DICOMWEB_USER with ISOCENTER_DICOMWEB_PASSWORD. No message shows any part of them.
 *
 * @param isInsecure lets patients' data and credentials go over plain http to another machine
 * @throws IsocenterError `dicomweb/url`, `dicomweb/insecure`, `dicomweb/credentials`
 */
export function archiveAddress(text: string, isInsecure: boolean, env = process.env): ArchiveAddress {
  const hint = 'give the root of a DICOMweb service, such as --url http://localhost:8042/dicom-web';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const shown = /@/.test(text) ? 'what --url gives' : JSON.stringify(text.slice(0, 200));
    throw inputError('dicomweb/url', `${shown} is no http or https URL`, hint);
  }
  if (url.username !== '' || url.password !== '') {
    throw inputError('dicomweb/url', `--url for ${url.host} holds a user or a password`, `${FROM_ENVIRONMENT} instead`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw inputError('dicomweb/url', `--url for ${url.host} has a query or a fragment`, hint);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !isInsecure) {
    throw inputError(
      'dicomweb/insecure',
      `${url.host} would be reached by plain http, on which others can read patients' data and credentials`,
      'use https, or say --insecure where the network itself is protected',
    );
  }
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, host: url.host, authorization: authorization(env) };
}

function authorization(env: NodeJS.ProcessEnv): string | undefined {
  const token = env.ISOCENTER_DICOMWEB_TOKEN ?? '';
  const user = env.ISOCENTER_DICOMWEB_USER ?? '';
  const password = env.ISOCENTER_DICOMWEB_PASSWORD ?? '';
  const fault = (what: string, hint: string) => inputError('dicomweb/credentials', what, hint);
  if (token !== '' && (user !== '' || password !== '')) {
    throw fault(
      'the environment holds both a token and a user or password for DICOMweb',
      'unset ISOCENTER_DICOMWEB_TOKEN, or ISOCENTER_DICOMWEB_USER and ISOCENTER_DICOMWEB_PASSWORD',
    );
  }
  if (token !== '') {
    if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
    throw fault('ISOCENTER_DICOMWEB_TOKEN holds characters that no header can', 'set it again, without line ends');
  }
  if (user === '' && password === '') return undefined;
  if (user === '' || user.includes(':')) {
    throw fault('ISOCENTER_DICOMWEB_USER is empty, or has a colon in it', FROM_ENVIRONMENT);
  }
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
