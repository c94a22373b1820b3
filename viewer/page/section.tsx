import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

/** Titles of the sections that the user has closed; they stay so when a tab is left and entered again. */
const closed = signal<ReadonlySet<string>>(new Set());

/** A part of a panel under a heading that opens and closes it. */
export function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <details
      class="section"
      open={!closed.value.has(title)}
      onToggle={({ currentTarget }) => {
        const next = new Set(closed.value);
        if (currentTarget.open) next.delete(title);
        else next.add(title);
        if (next.size !== closed.value.size) closed.value = next;
      }}
    >
      <summary>
        <h2>{title}</h2>
      </summary>
      {children}
    </details>
  );
}
