/**
 * A tar archive of plain files (POSIX.1-1988 ustar), as much as a bug report needs: every name at most 100 bytes.
 *
 *   ( header, 512 bytes | content, filled up to 512 )* | two empty blocks
 */
const block = 512;
const nameBytes = 100;

export interface TarFile {
  readonly name: string;
  readonly content: string;
}

/** `timeMs`: of all files, Unix ms. */
export function tar(files: readonly TarFile[], timeMs: number): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const bytes = Buffer.from(content, 'utf8');
    return [header(name, bytes.length, timeMs), bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number, timeMs: number): Buffer {
  if (Buffer.byteLength(name) > nameBytes) throw new Error(`${name} is too long a name for the archive`);
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) => head.write(value.toString(8).padStart(length, '0'), at);
  head.write(name, 0);
  octal(0o600, 100, 7);
  octal(0, 108, 7); // user and group: root
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(Math.floor(timeMs / 1000), 136, 11);
  head.write('        0', 148); // the sum counts itself as blanks; then the kind: a file
  head.write('ustar\0' + '00', 257);
  octal(
    head.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  head.write('\0 ', 154);
  return head;
}
