declare module '*.css';

interface ImportMeta {
  /** The bundler's; PROD is false while developing. */
  readonly env: { readonly PROD: boolean };
}

/** Version of the package, put in by the build. */
declare const ISOCENTER_VERSION: string;

/** Address of a file of the build. */
declare module '*.wasm?url' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: the bundler's form
  export default address;
}
