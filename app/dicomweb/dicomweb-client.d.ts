/** What isocenter uses of dicomweb-client, whose own types know the browser's XMLHttpRequest only. */
declare module 'dicomweb-client' {
  interface Options {
    readonly request: { readonly instance: unknown };
  }

  type Query = Options & { readonly queryParams: Readonly<Record<string, string | number>> };

  class DICOMwebClient {
    constructor(options: { url: string; headers: Readonly<Record<string, string>>; verbose: boolean });
    searchForStudies(options: Query): Promise<unknown>;
    searchForSeries(options: Query & { studyInstanceUID: string }): Promise<unknown>;
    searchForInstances(options: Query & { studyInstanceUID: string; seriesInstanceUID?: string }): Promise<unknown>;
    retrieveInstance(
      options: Options & {
        studyInstanceUID: string;
        seriesInstanceUID: string;
        sopInstanceUID: string;
      },
    ): Promise<ArrayBuffer | undefined>;
    storeInstances(options: Options & { studyInstanceUID: string; datasets: readonly ArrayBuffer[] }): Promise<unknown>;
  }

  const library: { readonly api: { readonly DICOMwebClient: typeof DICOMwebClient } };
  // biome-ignore lint/style/noDefaultExport: so it is seen from Node's modules
  export default library;
}
