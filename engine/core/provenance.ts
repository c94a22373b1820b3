/** An input as the provenance names it; `sha256` is null where the input is no file but a recipe. */
export interface InputRecord {
  readonly role: string;
  readonly name: string;
  readonly sha256: string | null;
}

/** Where a result comes from: enough to make it again. */
export interface Provenance {
  readonly program: 'isocenter';
  readonly version: string;
  /** Version of Node, where it ran there. */
  readonly node?: string | undefined;
  /** What it ran in, where that was a browser. */
  readonly browser?: string | undefined;
  readonly platform: string;
  /** ISO 8601. */
  readonly date: string;
  /** What was asked for, defaults included. */
  readonly settings: object;
  readonly device?: object;
  readonly inputs: readonly InputRecord[];
}
