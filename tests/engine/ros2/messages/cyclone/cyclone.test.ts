import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterfaceRegistry } from '../../../../../engine/ros2/messages/registry.ts';
import { DISTROS, type MessageType } from '../../../../../engine/ros2/messages/types.ts';
import { createRandom, randomMessage } from '../random-message.ts';
import { idlOf, tableOf } from './idl.ts';

// Needs idlc, Cyclone DDS 0.10 and gcc: tests/setup/system-packages.sh sees to them.
const SOURCE = fileURLToPath(new URL('codec.c', import.meta.url));
/** Everything that goes over the wire: messages and the parts of services and actions. */
function typesOf(registry: ReturnType<typeof createInterfaceRegistry>): MessageType[] {
  return [
    ...registry.names('msg').map((name) => registry.message(name)),
    ...registry.names('srv').flatMap((name) => [registry.service(name).request, registry.service(name).response]),
    ...registry.names('action').flatMap((name) => {
      const { sendGoal, getResult, feedbackMessage } = registry.action(name);
      return [sendGoal.request, sendGoal.response, getResult.request, getResult.response, feedbackMessage];
    }),
  ];
}

describe('the codec of Cyclone DDS', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-cyclone-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(DISTROS)('takes every type of %s and writes the same bytes (seed 77)', { timeout: 240_000 }, (distro) => {
    const types = typesOf(createInterfaceRegistry({ distro }));
    const random = createRandom(77);
    const messages = types.flatMap((type) =>
      Array.from({ length: 6 }, (_, i) => {
        const bytes = type.encode(i === 0 ? type.zero() : randomMessage(type, random));
        return { name: type.name, hex: Buffer.from(bytes.subarray(4)).toString('hex') };
      }),
    );
    writeFileSync(join(folder, 'all.idl'), idlOf(types));
    writeFileSync(join(folder, 'table.h'), tableOf(types));
    execFileSync('idlc', ['all.idl'], { cwd: folder });
    execFileSync('gcc', ['-O0', '-I.', '-o', 'codec', SOURCE, 'all.c', '-lddsc'], { cwd: folder });
    const input = messages.map(({ name, hex }) => `${name} ${hex}\n`).join('');
    const output = execFileSync(join(folder, 'codec'), { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
    const answers = output.trimEnd().split('\n');
    expect(answers).toHaveLength(messages.length);
    const others = messages.filter(({ hex }, i) => answers[i] !== hex).map(({ name }) => name);
    expect(others).toEqual([]);
  });
});
