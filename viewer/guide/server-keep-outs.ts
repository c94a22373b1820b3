import type { LinkPeer } from '../../engine/link/peer.ts';
import type { FieldFixture } from '../../planners/guidance/fixtures/fixture.ts';
import { fieldAboutSchema } from '../../planners/guidance/robot-records.ts';
import type { Surface } from '../engine/messages.ts';
import { sharedCopy } from '../engine/shared.ts';

/**
 * What a server's robot keeps out of that is no simple shape; those that are no fields, or too large for the link, are left out.
 *
 * @throws IsocenterError `link/...`
 */
export async function fetchFields(peer: LinkPeer): Promise<readonly FieldFixture[]> {
  const fields: FieldFixture[] = [];
  await peer.request('keep-outs', null, {
    onArray: (_, array, about) => {
      const { data } = fieldAboutSchema.safeParse(about);
      if (data === undefined || !(array instanceof Float32Array)) return;
      const { name, marginM, size, spacingM, T_base_field } = data;
      if (array.length !== size[0] * size[1] * size[2]) return;
      // Memory that the worker shares: it is not copied with each question.
      const field = { size, spacingM, distance: sharedCopy(array) };
      fields.push({ kind: 'forbidden-field', name, field, T_base_field, marginM });
    },
  });
  return fields;
}

/** The surfaces at their margins, made in a worker of its own, which ends with it. */
export function surfacesOf(fields: readonly FieldFixture[]): Promise<readonly Surface[]> {
  const worker = new Worker(new URL('./margin-surfaces-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<readonly Surface[]>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<readonly Surface[]>) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message || 'the surfaces were not made')));
    worker.postMessage(fields);
  }).finally(() => worker.terminate());
}
