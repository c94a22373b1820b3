import dcmjs from 'dcmjs';

// What it has to say of a file is said in our errors.
dcmjs.log.setLevel('silent', false);
dcmjs.log.getLogger('validation.dcmjs').setLevel('silent', false);

const { nameMap, dictionary } = dcmjs.data.DicomMetaDictionary;

/** Tag of a keyword as eight hexadecimal digits: PatientID is 00100020. @throws Error for a keyword that DICOM does not have */
export function tagOf(keyword: string): string {
  const entry = nameMap[keyword];
  if (entry === undefined) throw new Error(`DICOM has no attribute ${keyword}`);
  return bareTag(entry.tag);
}

/** VR of a keyword as the dictionary has it; `ox` and `xs` where the data set decides. */
export function vrOf(keyword: string): string {
  return nameMap[keyword]?.vr ?? 'UN';
}

/** `(3004,000E) DoseGridScaling`, for messages. */
export function tagName(tag: string): string {
  const shown = `(${tag.slice(0, 4)},${tag.slice(4)})`;
  const name = dictionary[shown]?.name;
  return name === undefined ? shown : `${shown} ${name}`;
}

/** `(0010,0020)` as `00100020`. */
export function bareTag(tag: string): string {
  return tag.replace(/[(),]/g, '').toUpperCase();
}
