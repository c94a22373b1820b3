/** Long enough for a browser to begin with the file [ms]. */
const KEPT_MS = 60_000;

/** Gives the user a file. */
export function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
