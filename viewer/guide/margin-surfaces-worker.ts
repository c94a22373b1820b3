import type { FieldFixture } from '../../planners/guidance/fixtures/fixture.ts';
import type { Surface } from '../engine/messages.ts';
import { marginSurface } from './keep-out-fields.ts';

addEventListener('message', ({ data }: MessageEvent<readonly FieldFixture[]>) => {
  const surfaces = data.map(({ name, field, T_base_field: pose, marginM }) =>
    marginSurface({ name, shape: { kind: 'field', field }, pose, marginM }),
  );
  postMessage(surfaces satisfies readonly Surface[]);
});
