import type { DicomFile } from '../read.ts';
import { SOP_CLASS } from '../uids.ts';

/**
 * Images of series that are here, on which structures were drawn and which are not here: that is how slices are noticed that
 * are missing at the ends of a series.
 *
 * @param structureSet SOPInstanceUID of the one to look at; all where it is left out
 * @returns one sentence for each series
 */
export function imagesMissing(files: readonly DicomFile[], structureSet?: string): string[] {
  const uids = new Set(files.map(({ sopInstanceUid }) => sopInstanceUid));
  const imagesOf = new Map<string, number>();
  for (const { sopClassUid, dataset } of files) {
    if (sopClassUid !== SOP_CLASS.ctImage) continue;
    const series = dataset.text('SeriesInstanceUID') ?? '';
    imagesOf.set(series, (imagesOf.get(series) ?? 0) + 1);
  }
  return files.flatMap(({ name, sopClassUid, sopInstanceUid, dataset }) => {
    if (sopClassUid !== SOP_CLASS.rtStructureSet) return [];
    if (structureSet !== undefined && sopInstanceUid !== structureSet) return [];
    return dataset
      .items('ReferencedFrameOfReferenceSequence')
      .flatMap((frame) => frame.items('RTReferencedStudySequence'))
      .flatMap((study) => study.items('RTReferencedSeriesSequence'))
      .flatMap((series) => {
        const uid = series.text('SeriesInstanceUID') ?? '';
        const found = imagesOf.get(uid);
        if (found === undefined) return [];
        const named = series.items('ContourImageSequence').map((item) => item.text('ReferencedSOPInstanceUID') ?? '');
        const missing = named.filter((image) => !uids.has(image)).length;
        if (missing === 0) return [];
        return [
          `${name} names ${named.length} images of CT series ${uid}, of which ${missing} are not here (${found} are): is the series complete?`,
        ];
      });
  });
}

/** References of doses and plans to objects of which others of the same kind are here, but not these. */
export function danglingReferences(
  files: readonly DicomFile[],
): { readonly about: string; readonly message: string }[] {
  const uids = new Set(files.map(({ sopInstanceUid }) => sopInstanceUid));
  const kinds = new Set(files.map(({ sopClassUid }) => sopClassUid));
  return files.flatMap(({ name, dataset, sopClassUid }) => {
    if (sopClassUid !== SOP_CLASS.rtDose && sopClassUid !== SOP_CLASS.rtPlan) return [];
    return ['ReferencedRTPlanSequence', 'ReferencedStructureSetSequence'].flatMap((keyword) =>
      dataset.items(keyword).flatMap((item) => {
        const uid = item.text('ReferencedSOPInstanceUID') ?? '';
        const kind = item.text('ReferencedSOPClassUID') ?? '';
        if (uids.has(uid) || !kinds.has(kind)) return [];
        return [{ about: name, message: `${name} refers to ${uid} (${keyword}), which is not here` }];
      }),
    );
  });
}
