declare module '*.css';

interface ImportMeta {
  /** The bundler's; PROD is false while developing. */
  readonly env: { readonly PROD: boolean };
}
