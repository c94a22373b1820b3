import { knownVr } from '../dictionary.ts';
import type { DeidentifyOptions } from './options.ts';
import { ACTIONS, type ActionCode, RETAINED_TAGS, type RetainedGroup } from './table.ts';

/** What is done to an attribute; `own` is written anew. */
export type Action = 'keep' | 'remove' | 'empty' | 'dummy' | 'uid' | 'date' | 'patient' | 'roi-name' | 'own';

/** What says that identity was removed, and how. */
export const OWN = {
  identityRemoved: '00120062',
  method: '00120063',
  methodCodes: '00120064',
  longitudinal: '00280303',
} as const;

const PATIENT_NAME = '00100010';
const PATIENT_ID = '00100020';
const ROI_NAME = '30060026';
const OWN_TAGS = new Set<string>(Object.values(OWN));

/** UIDs that name registries or kinds of things, never a patient's objects. */
const GENERAL_UIDS = new Set([
  '00020002',
  '00020010',
  '00020012',
  '00080016',
  '0008001A',
  '0008001B',
  '00080062',
  '0008010C',
  '00080117',
  '00080118',
  '00081150',
  '0008115A',
  '00041510',
  '00041512',
  '0004151A',
  '00080303',
  '00020100',
  '00081196',
]); // prettier-ignore

/**
 * Of attributes with a compound code, those that the information objects handled here need with a value (type 1), or at least
 * need (type 2); the others go.
 */
const TYPE_1 = new Set(['30080250', '30080251']);
const TYPE_2 = new Set([
  '00080023',
  '00080033',
  '00081070',
  '00102203',
  '00180010',
  '00700084',
  '30080054',
  '30080056',
  '300A0006',
  '300A0007',
  '300A00B2',
  '300E0008',
]); // prettier-ignore
/** Objects that need a value where the others do with an empty one: enhanced images, registrations, segmentations. */
const STRICT_CLASSES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(2\.1|2\.2|4\.1|4\.4|130|128\.1|66\.\d+)$/;

/** The action for an attribute of any data set or item. */
export function actionFor(tag: string, vr: string, sopClass: string, options: DeidentifyOptions): Action {
  const group = Number.parseInt(tag.slice(0, 4), 16);
  if (group % 2 === 1) return 'remove';
  if (tag.endsWith('0000') || OWN_TAGS.has(tag)) return 'own';
  if (isRepeating(group) || (knownVr(tag) === undefined && !ACTIONS.has(tag))) return 'remove';
  if (tag === PATIENT_NAME || tag === PATIENT_ID) return 'patient';
  if (tag === ROI_NAME) return 'roi-name';
  const code = ACTIONS.get(tag);
  if (code !== undefined) return tableAction(code, tag, vr, sopClass, options);
  // What later editions add about the patient.
  if (group === 0x0010) return isRetained(tag, options) ? 'keep' : 'remove';
  if (vr === 'PN') return 'empty';
  if (vr === 'DA' || vr === 'DT') return dateAction(options) ?? 'empty';
  if (vr === 'UI') return options.keepUids || GENERAL_UIDS.has(tag) ? 'keep' : 'uid';
  return 'keep';
}

function tableAction(code: ActionCode, tag: string, vr: string, sopClass: string, options: DeidentifyOptions): Action {
  if (isRetained(tag, options)) return 'keep';
  if (code === 'U' || code === 'X/Z/U*') return vr !== 'UI' || options.keepUids ? 'keep' : 'uid';
  // The birth date is no longitudinal information.
  const isDate = vr === 'DA' || vr === 'DT' || vr === 'TM' || tag === '00080201';
  if (isDate && tag !== '00100030' && tag !== '00100032') {
    const action = dateAction(options);
    if (action !== undefined) return action;
  }
  if (vr === 'UI') return code === 'X' ? 'remove' : 'uid';
  if (code === 'X') return 'remove';
  if (code === 'Z') return 'empty';
  if (code === 'D') return 'dummy';
  const isStrict = STRICT_CLASSES.test(sopClass);
  if (TYPE_1.has(tag) || (isStrict && code.includes('D'))) return 'dummy';
  if (TYPE_2.has(tag) || isStrict) return 'empty';
  return code === 'Z/D' ? 'empty' : 'remove';
}

function dateAction({ dates }: DeidentifyOptions): Action | undefined {
  return dates === 'keep' ? 'keep' : dates === 'shift' ? 'date' : undefined;
}

/** Whether an option keeps the attribute. */
export function isRetained(tag: string, { keep }: Pick<DeidentifyOptions, 'keep'>): boolean {
  return (Object.keys(RETAINED_TAGS) as RetainedGroup[]).some(
    (group) => keep.has(group) && RETAINED_TAGS[group].has(tag),
  );
}

/** Curves and overlays, which may be text on the image. */
function isRepeating(group: number): boolean {
  return (group & 0xff00) === 0x5000 || (group & 0xff00) === 0x6000;
}
