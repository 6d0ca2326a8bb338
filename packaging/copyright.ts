/**
 * The copyright file of a package, in Debian's format: our licence, and that of every piece that others wrote and the
 * package holds. Written from what is installed, so that a new dependency is in it without anybody's doing.
 */
export interface Piece {
  /** Where its files are on a machine, such as `usr/lib/weft/node_modules/ws/*`. */
  readonly files: string;
  readonly what: string;
  readonly license: string;
  readonly text: string;
}

export function copyrightFile(ours: string, pieces: readonly Piece[]): string {
  const header = [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: weft',
    '',
    'Files: *',
    'Copyright: the authors of Weft',
    'License: Apache-2.0',
    folded(ours),
  ].join('\n');
  const others = pieces.map(({ files, what, license, text }) =>
    [
      `Files: ${files}`,
      `Comment: ${what}`,
      `Copyright: ${holders(text)}`,
      `License: ${license.replaceAll(/[()]/g, '').trim()}`,
      folded(text),
    ].join('\n'),
  );
  return `${[header, ...others].join('\n\n')}\n`;
}

/** Lines that say so, once each. */
function holders(text: string): string {
  const lines = text.split('\n').flatMap((line) => /copyright\s*:?\s*(?:\(c\)|©|[0-9]{4}).*/i.exec(line)?.[0] ?? []);
  const found = [
    ...new Set(
      lines.map((line) =>
        line
          .replace(/^copyright\s*:?\s*/i, '')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      ),
    ),
  ];
  return found.slice(0, 5).join('\n ') || 'see the licence';
}

function folded(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
    .join('\n');
}
