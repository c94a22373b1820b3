import { nameOfDds } from '../messages/names.ts';
import type { RosContext } from './shared.ts';

/** Discovery brings endpoints in bursts: they are looked at after one [ms]. */
const SETTLE_MS = 50;

/**
 * Warns of peers that give a topic or service of ours another type: nothing passes between them, and nothing else says so.
 *
 * @returns how to stop
 */
export function watchTypes({ participant, warnings }: Pick<RosContext, 'participant' | 'warnings'>): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    timer = undefined;
    const { endpoints } = participant;
    const ours = new Map<string, string>();
    for (const { local, topic, type } of endpoints) if (local) ours.set(topic, type);
    for (const { local, topic, type, kind } of endpoints) {
      const own = ours.get(topic);
      if (local || own === undefined || own === type) continue;
      const [theirs, mine] = [type, own].map((each) => nameOfDds(each) ?? each);
      warnings.once(
        `${topic}: a ${kind} of a peer has the type ${theirs}, ours is ${mine}: nothing passes between them`,
      );
    }
  };
  const stop = participant.onGraphChange(() => {
    timer ??= setTimeout(look, SETTLE_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
