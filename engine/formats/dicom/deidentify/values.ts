import { encodeText } from './encode.ts';

const DUMMIES: Readonly<Record<string, string>> = {
  AE: 'REMOVED',
  AS: '000Y',
  CS: 'REMOVED',
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  LO: 'REMOVED',
  LT: 'REMOVED',
  PN: 'REMOVED',
  SH: 'REMOVED',
  ST: 'REMOVED',
  TM: '000000',
  UC: 'REMOVED',
  UR: 'urn:removed',
  UT: 'REMOVED',
};

const WIDTHS: Readonly<Record<string, number>> = {
  FD: 8,
  FL: 4,
  OD: 8,
  OF: 4,
  OL: 4,
  OV: 8,
  SL: 4,
  SV: 8,
  UL: 4,
  UV: 8,
};

/** A value that says nothing, of the form that the VR wants. */
export function dummyValue(vr: string): Uint8Array {
  const text = DUMMIES[vr];
  return text === undefined ? new Uint8Array(WIDTHS[vr] ?? 2) : encodeText(text, vr);
}

/** Dates or times with dates (DA, DT), moved back; undefined where one of them is none. Empty values stay. */
export function shiftedDates(text: string, daysBack: number): string | undefined {
  const shifted = text.split('\\').map((one) => {
    const value = one.trim();
    if (value === '') return '';
    const found = /^(\d{4})\.?(\d\d)\.?(\d\d)(.*)$/.exec(value);
    if (found === null) return undefined;
    const [, year, month, day, rest] = found;
    const time = Date.UTC(Number(year), Number(month) - 1, Number(day) - daysBack);
    if (!/^[\d.+-]*$/.test(rest) || Number(year) < 1000) return undefined;
    return new Date(time).toISOString().slice(0, 10).replaceAll('-', '') + rest;
  });
  return shifted.includes(undefined) ? undefined : shifted.join('\\');
}
