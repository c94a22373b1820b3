import { signal } from '@preact/signals';

/** What some keys do, and the words for it: the list under `?` is made of these, so that it tells what is so. */
export interface Binding<T> {
  /** As KeyboardEvent.key names them; `Ctrl+` before those that want it held (or Cmd), `Shift+` before named keys. */
  readonly keys: readonly string[];
  readonly what: string;
  readonly act: (on: T) => void;
}

export interface ListedKeys {
  readonly where: string;
  readonly rows: readonly { readonly keys: readonly string[]; readonly what: string }[];
}

/** All keys of the page, by where they work. */
export const listedKeys = signal<readonly ListedKeys[]>([]);

/**
 * Keys that work where the focus is. The returned function is for that element's keydown: it does what the key is for, and says
 * whether there was anything to do.
 *
 * @param gestures of the pointer, only to be listed
 */
export function viewKeys<T>(
  where: string,
  bindings: readonly Binding<T>[],
  gestures: readonly (readonly [how: string, what: string])[] = [],
): (event: KeyboardEvent, on: T) => boolean {
  list(where, [...bindings, ...gestures.map(([how, what]) => ({ keys: [how], what }))]);
  const acts = new Map(bindings.flatMap(({ keys, act }) => keys.map((key) => [key, act] as const)));
  return (event, on) => {
    const act = acts.get(keyOf(event));
    if (act === undefined || event.altKey) return false;
    event.preventDefault();
    act(on);
    return true;
  };
}

/** Keys that work anywhere on the page, unless the user is typing or something else took them. */
export function pageKeys(where: string, bindings: readonly Binding<void>[]): void {
  const press = viewKeys(where, bindings);
  addEventListener('keydown', (event) => {
    if (!event.defaultPrevented && !takesKeys(event.target)) press(event);
  });
}

/** Keys that another part of the page listens to by itself. */
export function listKeys(where: string, rows: ListedKeys['rows']): void {
  list(where, rows);
}

function list(where: string, rows: ListedKeys['rows']): void {
  listedKeys.value = [...listedKeys.value, { where, rows: rows.map(({ keys, what }) => ({ keys, what })) }];
}

function keyOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  const held = ctrlKey || metaKey ? 'Ctrl+' : '';
  // Of characters the shift is a part: ? and + need it on some keyboards and not on others.
  return key.length > 1 && shiftKey ? `${held}Shift+${key}` : held + key;
}

const TYPED = new Set(['text', 'number', 'search', 'email', 'url', 'password', 'tel']);

/** Whether keys are letters and digits there. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return TYPED.has(target.type);
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** Letters and arrows belong to fields and lists that have the focus. */
function takesKeys(target: EventTarget | null): boolean {
  return isTyping(target) || target instanceof HTMLSelectElement;
}
