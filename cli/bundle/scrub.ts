/**
 * The last look at every text of a bundle: what is a secret by its shape goes out, wherever it came from. What comes
 * in was chosen by name already (`shown.ts`); this is for logs and other programs' output.
 *
 * Rather too much than too little: hashes and public keys of the same shape go too.
 */
const rules: readonly (readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)])[] = [
  // Also in JSON strings, and cut at the end.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, '[removed: private key]'],
  [/((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n]*/gi, '$1$2[removed]'],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/_.~=-]{6,}/gi, '$1 [removed]'],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1[removed]@'],
  [
    /(["']?)([\w.-]*(?:passw|passphrase|secret|token|api[-_]?key|private[-_]?key|credential|psk)[\w.-]*)\1(\s*[:=]\s*|\s+)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}\]]+)/gi,
    (_all, quote = '', name = '', between = '', value = '') =>
      // `token expired` is a sentence, `token: abc` and `--token abc1` are not.
      /[:=]/.test(between) || name.startsWith('-') || /[0-9]/.test(value)
        ? `${quote}${name}${quote}${between}"[removed]"`
        : `${quote}${name}${quote}${between}${value}`,
  ],
  [/\bweft1?\.[a-z0-9-]+\.[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)?/g, '[removed: token]'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g, '[removed: token]'],
  [/\b[0-9a-f]{32,}\b/gi, '[removed: digits]'],
  [/[A-Za-z0-9+/_-]{24,}={0,2}/g, (run = '') => (isRandom(run) ? `[removed: ${run.length} characters]` : run)],
];

export function scrub(text: string): string {
  return rules.reduce(
    (rest, [pattern, replacement]) =>
      typeof replacement === 'string' ? rest.replace(pattern, replacement) : rest.replace(pattern, replacement),
    text,
  );
}

/** All kinds of characters in one word, and no path: 24 random ones lack one of the kinds once in thousands of times. */
function isRandom(run: string): boolean {
  const count = (pattern: RegExp) => run.match(pattern)?.length ?? 0;
  const mixed = count(/[0-9]/g) > 0 && count(/[A-Z]/g) > 2 && count(/[a-z]/g) > 2;
  return mixed && count(/\//g) <= run.length / 12;
}
