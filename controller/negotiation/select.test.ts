import { describe, expect, it } from 'vitest';
import { type Party, select } from './select.ts';

const party = (host: string, formats: string[], families: Party['families'] = [4]): Party => ({
  host,
  formats: formats.map((version) => (version.includes(' ') ? version : `gni ${version}`)),
  families,
});

describe('the selection for one direction', () => {
  const cases: [title: string, source: Party, destination: Party, selected: string | undefined, reasons: string[]][] = [
    [
      'is the only common version',
      party('a', ['1.0']),
      party('b', ['1.0']),
      'gni 1.0',
      ['gni 1.0: both hosts have it, highest common version'],
    ],
    [
      'is the highest common version, and says why not the others',
      party('a', ['1.0', '1.1']),
      party('b', ['1.1', '1.0']),
      'gni 1.1',
      ['gni 1.1: both hosts have it, highest common version', 'gni 1.0: not chosen, 1.1 is higher'],
    ],
    [
      'leaves out what only one host has',
      party('a', ['1.0', '1.1', '3.0']),
      party('b', ['1.0', '1.1', '2.0']),
      'gni 1.1',
      [
        'gni 1.1: both hosts have it, highest common version',
        'gni 3.0: not chosen, b does not have it',
        'gni 2.0: not chosen, a does not have it',
        'gni 1.0: not chosen, 1.1 is higher',
      ],
    ],
    [
      'orders versions as numbers',
      party('a', ['1.9', '1.10']),
      party('b', ['1.9', '1.10']),
      'gni 1.10',
      ['gni 1.10: both hosts have it, highest common version', 'gni 1.9: not chosen, 1.10 is higher'],
    ],
    [
      'is none when nothing is common',
      party('a', ['1.0']),
      party('b', ['2.0', '3.0']),
      undefined,
      ['none, because a has gni 1.0, b has gni 3.0, gni 2.0'],
    ],
    [
      'is none when a host has nothing',
      party('a', []),
      party('b', ['1.0']),
      undefined,
      ['none, because a has no format, b has gni 1.0'],
    ],
    [
      'does not choose other frameworks or what is no version',
      party('a', ['vxlan 1', 'gni 1.0.1', 'gni 01.0', 'gni x']),
      party('b', ['vxlan 1', 'gni 1.0.1', 'gni 01.0', 'gni x']),
      undefined,
      ['none, because a has no format, b has no format'],
    ],
    [
      'is none between hosts that cannot reach each other',
      party('a', ['1.0'], [4]),
      party('b', ['1.0'], [6]),
      undefined,
      ['none, because a has IPv4, b has IPv6 on the substrate'],
    ],
    [
      'needs one family in common',
      party('a', ['1.0'], [4, 6]),
      party('b', ['1.0'], [6]),
      'gni 1.0',
      ['gni 1.0: both hosts have it, highest common version'],
    ],
  ];
  it.each(cases)('%s', (_title, source, destination, selected, reasons) => {
    expect(select(source, destination)).toEqual({ selected, reasons });
  });

  it('chooses the same whatever the order in which hosts list their formats, and however often', () => {
    const b = party('b', ['1.0', '1.1']);
    expect(select(party('a', ['1.1', '1.0', '1.1']), b)).toEqual(select(party('a', ['1.0', '1.1']), b));
  });

  it('keeps its reasons within what a message may carry', () => {
    const many = Array.from({ length: 64 }, (_, i) => `${i}.0`);
    const other = Array.from({ length: 64 }, (_, i) => `${i}.${i === 0 ? 0 : 1}`);
    expect(select(party('a', many), party('b', other))).toMatchObject({ selected: 'gni 0.0' });
    expect(select(party('a', many), party('b', other)).reasons).toHaveLength(64);
  });
});
