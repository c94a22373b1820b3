import { sha256 } from '../../core/sha256.ts';

export const SOP_CLASS = {
  ctImage: '1.2.840.10008.5.1.4.1.1.2',
  enhancedCtImage: '1.2.840.10008.5.1.4.1.1.2.1',
  secondaryCapture: '1.2.840.10008.5.1.4.1.1.7',
  rtStructureSet: '1.2.840.10008.5.1.4.1.1.481.3',
  rtDose: '1.2.840.10008.5.1.4.1.1.481.2',
  rtPlan: '1.2.840.10008.5.1.4.1.1.481.5',
  rtIonPlan: '1.2.840.10008.5.1.4.1.1.481.8',
  spatialRegistration: '1.2.840.10008.5.1.4.1.1.66.1',
  detachedStudyManagement: '1.2.840.10008.3.1.2.3.1',
} as const;

/** The transfer syntaxes that are read; pixels of those in the second half are compressed. */
export const TRANSFER_SYNTAX = {
  implicitLittle: '1.2.840.10008.1.2',
  explicitLittle: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBig: '1.2.840.10008.1.2.2',
  rle: '1.2.840.10008.1.2.5',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
  jpegExtended: '1.2.840.10008.1.2.4.51',
  jpegLossless: '1.2.840.10008.1.2.4.57',
  jpegLosslessFirstOrder: '1.2.840.10008.1.2.4.70',
  jpegLsLossless: '1.2.840.10008.1.2.4.80',
  jpegLsNearLossless: '1.2.840.10008.1.2.4.81',
  jpeg2000Lossless: '1.2.840.10008.1.2.4.90',
  jpeg2000: '1.2.840.10008.1.2.4.91',
} as const;

/**
 * A UID made from names: 2.25. and 128 bits of the SHA-256 of the parts. The same parts give the same UID, so that what is
 * exported twice refers to the same objects.
 */
export function derivedUid(...parts: readonly string[]): string {
  // A length before each part: ['ab', 'c'] and ['a', 'bc'] differ.
  const digest = sha256(new TextEncoder().encode(parts.map((part) => `${part.length}:${part}`).join('')));
  return `2.25.${BigInt(`0x${digest.slice(0, 32)}`)}`;
}
