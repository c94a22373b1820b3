import { type IReadable, McapIndexedReader } from '@mcap/core';
import { inputError } from '../../core/errors.ts';
import { CODECS, type CodecName, type CodecSource, openCodec, type Unpack } from './codec.ts';

/**
 * Opens an MCAP file by its index; of what unpacks chunks, only that which this file needs is loaded.
 *
 * @param name of the file, for messages
 * @throws IsocenterError `ros2/bad-mcap`, `ros2/compressed`, `ros2/codec`
 */
export async function openIndexed(readable: IReadable, name: string, source: CodecSource): Promise<McapIndexedReader> {
  // The reader asks for them with the first chunk that it reads, and only its index says which there are.
  const decompressHandlers: Record<string, Unpack> = {};
  const reader = await McapIndexedReader.Initialize({ readable, decompressHandlers }).catch((error: Error) => {
    throw badMcap(name, error);
  });
  for (const compression of new Set(reader.chunkIndexes.map((chunk) => chunk.compression))) {
    if (compression === '') continue;
    if (!isCodec(compression)) {
      const what = `${name} is compressed by ${JSON.stringify(compression)}, which is not read here`;
      throw inputError('ros2/compressed', what, 'write it anew: mcap compress --compression zstd');
    }
    decompressHandlers[compression] = await openCodec(compression, source);
  }
  return reader;
}

export function badMcap(name: string, error: Error): Error {
  const message = `${name} is no whole MCAP file with an index: ${error.message}`;
  return inputError('ros2/bad-mcap', message, 'files that broke off can be repaired: mcap recover');
}

function isCodec(name: string): name is CodecName {
  return (CODECS as readonly string[]).includes(name);
}
