import { open, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { StreamSink } from '../../engine/link/stream.ts';
import { recordingRequestSchema, type TopicMessage } from '../../engine/link/topics.ts';
import { Recording } from '../../engine/ros2/mcap/recording.ts';
import { fileReason } from '../inputs/files.ts';
import { installedCodec, McapInput } from '../ros2/mcap-file.ts';
import { openInterfaces } from '../ros2/open.ts';
import { checked } from './checked.ts';

/** The MCAP files of one folder, for viewers to play. */
export class Recordings {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder === undefined ? undefined : resolve(folder);
  }

  /** @throws IsocenterError `serve/recordings` where the folder cannot be read */
  async list(): Promise<readonly string[]> {
    if (this.#folder === undefined) return [];
    const names = await readdir(this.#folder).catch((error: unknown) => {
      const hint = 'give --recordings a folder of MCAP files';
      throw inputError('serve/recordings', `the recordings cannot be read: ${fileReason(error)}`, hint);
    });
    return names.filter((name) => name.endsWith('.mcap')).sort();
  }

  /** Delivers the messages of a recording at its pace, each, and as fast as the viewer takes them. */
  async stream(params: unknown, sink: StreamSink): Promise<unknown> {
    const { recording, topics, speed, startSec } = checked(recordingRequestSchema, params, 'recording');
    const names = await this.list();
    if (this.#folder === undefined || !names.includes(recording) || basename(recording) !== recording) {
      const hint = names.length === 0 ? 'start the server with --recordings FOLDER' : `there are ${names.join(', ')}`;
      throw inputError('serve/unknown-recording', `there is no recording ${JSON.stringify(recording)}`, hint);
    }
    const file = await open(join(this.#folder, recording), 'r');
    let isPlaying = false;
    try {
      // Each recording has definitions of its own.
      const interfaces = await openInterfaces({ interfaces: [] });
      const opened = await Recording.open(new McapInput(file), recording, interfaces, installedCodec, topics);
      isPlaying = true;
      void opened
        .play({ speed, startSec, signal: sink.signal }, (message) => sink.deliver(message satisfies TopicMessage))
        .then(
          () => sink.end(),
          (error: Error) => sink.end(error),
        )
        .finally(() => file.close());
      return { recording, durationSec: opened.durationSec, beginSec: opened.beginSec, topics: opened.topics };
    } finally {
      if (!isPlaying) await file.close();
    }
  }
}
