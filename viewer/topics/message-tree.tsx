import { useSignal } from '@preact/signals';
import { MOST_SHOWN } from '../../engine/ros2/messages/shortened.ts';
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
  const all: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.slice(0, most.value).map((one, n) => [n, one] as const)
    : Object.entries(value as object).slice(0, most.value);
  const left = sizeOf(value) - most.value;
  return (
    <>
      {all.map(([name, one]) => (
        <Field key={name} topic={topic} path={[...path, name]} value={one} />
      ))}
      {left > 0 ? (
        <li>
          <button type="button" onClick={() => (most.value += SHOWN)}>
            {left} more
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
    const size = sizeOf(value);
    return (
      <li>
        <details open={isOpen.value} onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
          <summary>
            {name} <span class="faint">{Array.isArray(value) ? sizeInWords(size) : ''}</span>
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

const sizeOf = (value: unknown): number => (Array.isArray(value) ? value.length : Object.keys(value as object).length);

/** Longer ones come without their ends. */
const sizeInWords = (size: number): string => (size >= MOST_SHOWN ? `[${MOST_SHOWN} or more]` : `[${size}]`);

function textOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toPrecision(6);
  const text = String(value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;
}
