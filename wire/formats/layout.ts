/**
 * What a header layout is: a row of bit fields, first bit first, as the RFCs draw them.
 *
 * A layout is data. The reference codec (`wire/codec.ts`), the C header for engine and BPF, the
 * Wireshark dissector and the documentation table are all derived from it, so a new format is a new
 * table and nothing else.
 */

/** What a field means to the codec; everything else about a format follows from its fields. */
export type FieldRole =
  | 'version'
  | 'zero' // sent as zero, refused when not zero
  | 'partialChecksum'
  | 'protocol'
  | 'sourceGni'
  | 'destinationGni'
  | 'crc32c';

export interface Field {
  readonly role: FieldRole;
  readonly bits: number;
  readonly doc: string;
}

export interface Layout {
  /** Stable number of the format inside the engine, the BPF maps and the control protocol. */
  readonly id: number;
  /** `framework version`, as people and policies write it. */
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  /** First byte of the packet: major version in the high, minor in the low 4 bits. */
  readonly versionByte: number;
  readonly fields: readonly Field[];
  readonly features: readonly Feature[];
  readonly doc: string;
}

export const features = ['integrity', 'encryption', 'compression', 'ip-elision', 'flow-control'] as const;
export type Feature = (typeof features)[number];

export interface PlacedField extends Field {
  /** Distance of the field's first bit from the first bit of the header. */
  readonly bitOffset: number;
}

/** The fields with their places. Throws on a layout that is not whole bytes: that is a bug in the table. */
export function placeFields(layout: Layout): readonly PlacedField[] {
  let bitOffset = 0;
  const placed = layout.fields.map((field) => {
    const here = { ...field, bitOffset };
    bitOffset += field.bits;
    return here;
  });
  if (bitOffset % 8 !== 0) throw new Error(`layout ${layout.name}: ${bitOffset} bits are not whole bytes`);
  return placed;
}

/** Header length in bytes. */
export function headerLength(layout: Layout): number {
  return layout.fields.reduce((bits, field) => bits + field.bits, 0) / 8;
}
