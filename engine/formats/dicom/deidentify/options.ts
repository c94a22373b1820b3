import type { RetainedGroup } from './table.ts';

/** What is kept of what the Basic Profile removes: the options of PS3.15 E.3. */
export interface DeidentifyOptions {
  /**
   * `shift` moves all dates of a patient by the same number of days and keeps times (Retain Longitudinal Temporal Information
   * With Modified Dates); `keep` leaves them (With Full Dates); `remove` is the profile without the option.
   */
  readonly dates: 'shift' | 'keep' | 'remove';
  /** Retain UIDs. */
  readonly keepUids: boolean;
  /** Retain Patient Characteristics, Device Identity, Institution Identity. */
  readonly keep: ReadonlySet<RetainedGroup>;
  /** Takes files whose pixels may show identity. */
  readonly allowBurnedIn: boolean;
}

interface Code {
  readonly value: string;
  readonly meaning: string;
}

const BASIC: Code = { value: '113100', meaning: 'Basic Application Confidentiality Profile' };
const CLEAN_DESCRIPTORS: Code = { value: '113105', meaning: 'Clean Descriptors Option' };
const FULL_DATES: Code = {
  value: '113106',
  meaning: 'Retain Longitudinal Temporal Information Full Dates Option',
};
const MODIFIED_DATES: Code = {
  value: '113107',
  meaning: 'Retain Longitudinal Temporal Information Modified Dates Option',
};
const UIDS: Code = { value: '113110', meaning: 'Retain UIDs Option' };
const KEPT: Readonly<Record<RetainedGroup, Code>> = {
  characteristics: { value: '113108', meaning: 'Retain Patient Characteristics Option' },
  device: { value: '113109', meaning: 'Retain Device Identity Option' },
  institution: { value: '113112', meaning: 'Retain Institution Identity Option' },
};

/** What was done, in the codes of PS3.16 CID 7050. */
export function methodCodes({ dates, keepUids, keep }: DeidentifyOptions): Code[] {
  return [
    BASIC,
    CLEAN_DESCRIPTORS,
    ...(dates === 'keep' ? [FULL_DATES] : dates === 'shift' ? [MODIFIED_DATES] : []),
    ...[...keep].sort().map((group) => KEPT[group]),
    ...(keepUids ? [UIDS] : []),
  ];
}

/** The options that a file says were used. */
export function optionsOfCodes(values: readonly string[]): DeidentifyOptions {
  const has = ({ value }: Code): boolean => values.includes(value);
  return {
    dates: has(FULL_DATES) ? 'keep' : has(MODIFIED_DATES) ? 'shift' : 'remove',
    keepUids: has(UIDS),
    keep: new Set((Object.keys(KEPT) as RetainedGroup[]).filter((group) => has(KEPT[group]))),
    allowBurnedIn: false,
  };
}
