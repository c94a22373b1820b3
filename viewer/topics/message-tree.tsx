import { useSignal } from '@preact/signals';
import { type FieldPath, keyOf, numberAt } from './topic-track.ts';
import { isPlotted, MOST_FIELDS, plotted, togglePlot } from './topic-watch.ts';

/** Elements of an array that are shown at first, and with each "more". */
const SHOWN = 24;
const LONGEST_TEXT = 200;

interface NodeProps {
  readonly topic: string;
  readonly path: FieldPath;
  readonly value: unknown;
}

/** A message, field by field; numbers can be plotted. */
export function MessageTree({ topic, message }: { readonly topic: string; readonly message: unknown }) {
  return (
    <ul class="message">
      <Fields topic={topic} path={[]} value={message} />
    </ul>
  );
}

function Fields({ topic, path, value }: NodeProps) {
  const most = useSignal(SHOWN);
  const isArray = Array.isArray(value);
  const all = Object.entries(value as object);
  return (
    <>
      {all.slice(0, most.value).map(([name, one]) => (
        <Field key={name} topic={topic} path={[...path, isArray ? Number(name) : name]} value={one} />
      ))}
      {all.length > most.value ? (
        <li>
          <button type="button" onClick={() => (most.value += SHOWN)}>
            {all.length - most.value} more
          </button>
        </li>
      ) : null}
    </>
  );
}

function Field({ topic, path, value }: NodeProps) {
  const isOpen = useSignal(path.length < 2);
  const name = String(path.at(-1));
  if (typeof value === 'object' && value !== null) {
    const size = Object.keys(value).length;
    return (
      <li>
        <details open={isOpen.value} onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
          <summary>
            {name} <span class="faint">{Array.isArray(value) ? `[${size}]` : ''}</span>
          </summary>
          {isOpen.value ? (
            <ul>
              <Fields topic={topic} path={path} value={value} />
            </ul>
          ) : null}
        </details>
      </li>
    );
  }
  const canPlot = numberAt({ value }, ['value']) !== undefined;
  const field = { topic, path };
  const isShown = canPlot && isPlotted(field);
  return (
    <li>
      <span class="field">{name}</span> <span data-testid={`${topic} ${keyOf(path)}`}>{textOf(value)}</span>{' '}
      {canPlot ? (
        <button
          type="button"
          class="small"
          aria-pressed={isShown}
          aria-label={`Plot ${path.join('.')} of ${topic}`}
          disabled={!isShown && plotted.value.length >= MOST_FIELDS}
          onClick={() => togglePlot(field)}
        >
          plot
        </button>
      ) : null}
    </li>
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toPrecision(6);
  const text = String(value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;
}
