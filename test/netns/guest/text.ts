/** Text that compresses well, and that a test looks for where nobody should be able to read it. */
export const pattern = 'weft over warp, under warp; ';

export function textOf(bytes: number): Buffer {
  return Buffer.alloc(bytes, pattern);
}
