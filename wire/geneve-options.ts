/**
 * The options behind a Geneve header (RFC 8926 §3.5): ours carries the source GNI, others are stepped over unless they
 * are critical, which means that who does not know them must not read on.
 *
 *   | class 16 | critical 1, type 7 | reserved 3, length 5 | data, length * 4 bytes |
 */
import { read16, readBits } from './bits.ts';
import type { DropName } from './drops.ts';
import { geneveOption } from './formats/geneve.ts';

const optionHeaderLength = 4;

export interface GeneveOptions {
  /** Of several the first counts; undefined when there is none of ours. */
  readonly sourceGni: number | undefined;
}

/** `options` is exactly as long as the header says. */
export function readGeneveOptions(options: Uint8Array): GeneveOptions | DropName {
  let sourceGni: number | undefined;
  for (let at = 0; at < options.length; ) {
    if (at + optionHeaderLength > options.length) return 'short';
    const type = options[at + 2] ?? 0;
    const words = (options[at + 3] ?? 0) & 0x1f;
    if (at + optionHeaderLength + words * 4 > options.length) return 'short';
    const ours = read16(options, at) === geneveOption.class && type === geneveOption.type && words === 1;
    if (!ours && (type & 0x80) !== 0) return 'bad-header';
    if (ours) sourceGni ??= readBits(options, (at + optionHeaderLength) * 8, 32);
    at += optionHeaderLength + words * 4;
  }
  return { sourceGni };
}
