import { stringify } from 'yaml';

/** Elements of a list that are shown to people. */
const MOST_SHOWN = 128;

/** A message as people read it: YAML, long lists cut short; JSON has it whole. */
export function messageText(value: unknown): string {
  const text = stringify(shorten(value), { flowCollectionPadding: false, collectionStyle: 'any', lineWidth: 0 });
  return text.endsWith('\n') ? text : `${text}\n`;
}

function shorten(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_SHOWN).map(shorten);
    return value.length > MOST_SHOWN ? [...shown, `... ${value.length - MOST_SHOWN} more`] : shown;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shorten(each)]));
  }
  return value;
}
