import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

export interface MenuItem {
  readonly title: string;
  readonly isDisabled?: boolean;
  readonly act: () => void;
}

/** Items under a heading of their own, or under none. */
export interface MenuGroup {
  readonly title?: string;
  readonly items: readonly MenuItem[];
}

/** A button with a menu: arrows, Home and End go through it, letters to what begins so, Escape closes it. */
export function Menu({ title, groups }: { readonly title: string; readonly groups: readonly MenuGroup[] }) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const items = (): HTMLElement[] => [
    ...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? []),
  ];
  const go = (n: number): void => {
    const all = items();
    all[(n + all.length) % all.length]?.focus();
  };

  useEffect(() => {
    if (!isOpen.value) return;
    go(0);
    const leave = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) isOpen.value = false;
    };
    addEventListener('pointerdown', leave);
    return () => removeEventListener('pointerdown', leave);
  }, [isOpen.value]);

  const press = (event: KeyboardEvent): void => {
    const at = items().indexOf(document.activeElement as HTMLElement);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(-1),
      Escape: () => {
        isOpen.value = false;
        button.current?.focus();
      },
    };
    const letter = event.key.length === 1 ? event.key.toLowerCase() : undefined;
    const move = moves[event.key];
    if (event.key === 'Tab') isOpen.value = false;
    else if (move !== undefined) move();
    else if (letter !== undefined && /[a-z]/.test(letter) && !event.ctrlKey) {
      const all = items();
      const found = [...all.slice(at + 1), ...all].find((item) => item.textContent?.toLowerCase().startsWith(letter));
      found?.focus();
    } else return;
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu" ref={root}>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-controls={id}
        onClick={() => (isOpen.value = !isOpen.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && !isOpen.value) {
            event.preventDefault();
            isOpen.value = true;
          }
        }}
      >
        {title}
      </button>
      <div id={id} role="menu" aria-label={title} hidden={!isOpen.value} tabIndex={-1} onKeyDown={press}>
        {groups.map((group, n) => (
          <fieldset key={group.title ?? n} aria-label={group.title ?? title}>
            {group.title === undefined ? null : <legend class="faint">{group.title}</legend>}
            {group.items.map((item) => (
              <button
                key={item.title}
                type="button"
                role="menuitem"
                tabIndex={-1}
                disabled={item.isDisabled === true}
                onClick={() => {
                  isOpen.value = false;
                  button.current?.focus();
                  item.act();
                }}
              >
                {item.title}
              </button>
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}
