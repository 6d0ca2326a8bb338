import { describe, expect, it } from 'vitest';
import { formatJoinToken, parseJoinToken, subjectOf, subjectUri } from './trust.ts';

describe('the name in a certificate', () => {
  it.each([
    { kind: 'host', name: 'host-a', generation: 1_796_000_000 },
    { kind: 'controller', name: 'north' },
  ] as const)('of a $kind comes back from its alternative names', (subject) => {
    expect(subjectOf(`URI:${subjectUri(subject)}, IP Address:127.0.0.1, DNS:c.example`)).toEqual(subject);
  });

  it.each([
    ['none', 'DNS:host-a'],
    ['two of them', 'URI:weft://host/a/1, URI:weft://host/b/1'],
    ['another kind', 'URI:weft://person/a/1'],
    ['no generation', 'URI:weft://host/a'],
    ['something behind it', 'URI:weft://host/a/1/2'],
    ['no DNS label', 'URI:weft://host/A_/1'],
    ['one that Node has quoted', 'URI:"weft://host/a/1, URI:weft://host/b/1"'],
  ])('is nobody’s when it is %s', (_, names) => {
    expect(subjectOf(names)).toBeUndefined();
  });
});

describe('a join token', () => {
  const token = { host: 'host-a', secret: 's'.repeat(31).concat('_'), fingerprint: 'f'.repeat(42).concat('-') };

  it('comes back from its text, also with a line’s end', () => {
    expect(parseJoinToken(`${formatJoinToken(token)}\n`)).toEqual(token);
  });

  it('cut anywhere, or with anything more, is none', () => {
    const text = formatJoinToken(token);
    const cut = Array.from(text, (_, length) => text.slice(0, length));
    expect([...cut, `${text}x`, `${text}.x`, text.replace('weft1', 'weft2')].filter(parseJoinToken)).toEqual([]);
  });
});
