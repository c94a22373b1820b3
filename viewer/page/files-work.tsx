import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Question } from '../files/messages.ts';
import { answerQuestion, cancelFilesWork, filesWork } from '../state/opening.ts';
import { activity, cancelPreparing } from '../state/workspace.ts';
import { showDialog } from './dialogs.ts';

/** What is being read, decoded, written or prepared, with a way out; and what the user has to say to it. */
export function FilesWork() {
  const work = filesWork.value;
  if (work === undefined) {
    if (activity.value !== 'preparing') return null;
    return <Progress doing="Tracing rays" done={0} total={undefined} onCancel={cancelPreparing} />;
  }
  const { progress, question } = work;
  if (question !== undefined) return <Ask key={question.text} question={question} />;
  return <Progress {...progress} onCancel={cancelFilesWork} />;
}

interface ProgressProps {
  readonly doing: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly onCancel: () => void;
}

function Progress({ doing, done, total, onCancel }: ProgressProps) {
  const text = total === undefined ? doing : `${doing}: ${done} of ${total}`;
  return (
    <div class="row work">
      <span role="status">{text}</span>
      <progress aria-label={doing} value={total === undefined ? undefined : done} max={total ?? 1} />
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function Ask({ question }: { readonly question: Question }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const chosen = useSignal(question.options[0]?.value ?? '');
  useSignalEffect(() => showDialog(dialog.current));
  return (
    <dialog ref={dialog} class="ask" aria-label={question.text} onCancel={cancelFilesWork}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answerQuestion(chosen.value);
        }}
      >
        <fieldset>
          <legend>{question.text}</legend>
          {question.options.map(({ value, label }) => (
            <label key={value}>
              <input
                type="radio"
                name="choice"
                checked={value === chosen.value}
                onChange={() => (chosen.value = value)}
              />
              {label}
            </label>
          ))}
        </fieldset>
        <div class="row">
          <button type="submit">Open</button>
          <button type="button" onClick={cancelFilesWork}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
