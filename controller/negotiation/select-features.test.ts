import { describe, expect, it } from 'vitest';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { Party } from './policies.ts';
import { select } from './select.ts';
import { a, amber, b, party, policy, scope, traffic, without } from './test-parties.ts';

const old = (host: string, ...formats: string[]): Party => party(host, { formats });

/** Some reason must be, or contain, the text. */
type Case = [
  title: string,
  policies: PolicyRequest[],
  selected: string | undefined,
  reason: string,
  by?: string[],
  ends?: [Party, Party],
];

function expectCase([, policies, selected, reason, by = [], [from, to] = [a, b]]: Case): void {
  const choice = select(from, to, policies, scope({ traffic: [traffic('red', 'amber')] }));
  expect({ selected: choice.selected, decidedBy: choice.decidedBy }).toEqual({ selected, decidedBy: by });
  expect(choice.reasons.join('\n')).toContain(reason);
  expect(select(from, to, policies.toReversed(), scope({ traffic: [traffic('red', 'amber')] }))).toEqual(choice);
}

describe('a cipher', () => {
  const cases: Case[] = [
    ['is the first that both have', [], 'gni 3.0 +aes-256-gcm', '+aes-256-gcm: both hosts have it'],
    [
      'is the other where one host lacks the first',
      [],
      'gni 3.0 +chacha20-poly1305',
      '+chacha20-poly1305: both hosts have it',
      [],
      [without('a', 'aes-256-gcm'), b],
    ],
    [
      'must be there for a sealed format',
      [],
      'gni 2.0',
      'gni 3.0: not chosen, a has no cipher',
      [],
      [without('a', 'aes-256-gcm', 'chacha20-poly1305'), b],
    ],
    [
      'must be in common for a sealed format',
      [],
      'gni 2.0',
      'gni 3.0: not chosen, the hosts have no cipher in common',
      [],
      [without('a', 'aes-256-gcm'), without('b', 'chacha20-poly1305')],
    ],
    [
      'that is nowhere in common leaves none where the sealed format is the only one',
      [],
      undefined,
      'none, because a has gni 3.0, b has gni 3.0, and for gni 3.0 the hosts have no cipher in common',
      [],
      [
        { ...without('a', 'aes-256-gcm'), formats: ['gni 3.0'] },
        { ...without('b', 'chacha20-poly1305'), formats: ['gni 3.0'] },
      ],
    ],
    [
      'is forbidden alone: the other is taken',
      [policy('forbid', 'aes-256-gcm')],
      'gni 3.0 +chacha20-poly1305',
      '+chacha20-poly1305: the first that both hosts have and policies leave',
      ['forbid'],
    ],
    [
      'is forbidden and the only common one: the format goes, and the reason names it',
      [policy('forbid', 'aes-256-gcm')],
      'gni 2.0',
      "gni 3.0: not chosen, policy 'forbid' forbids aes-256-gcm, the only common cipher",
      ['forbid'],
      [without('a', 'chacha20-poly1305'), b],
    ],
    [
      'of any kind is forbidden',
      [policy('forbid', 'encryption')],
      'gni 2.0',
      "gni 3.0: not chosen, policy 'forbid' forbids encryption",
      ['forbid'],
    ],
    [
      'of any kind is forbidden, with one as the exception',
      [policy('forbid', 'encryption'), policy('allow', 'chacha20-poly1305', { match: { host: 'a' } })],
      'gni 3.0 +chacha20-poly1305',
      '+chacha20-poly1305: the first that both hosts have and policies leave',
      ['forbid'],
    ],
    [
      'of any kind is forbidden, with the format as the exception',
      [policy('forbid', 'encryption'), policy('allow', 'gni 3.0', { match: { host: 'a' } })],
      'gni 3.0 +aes-256-gcm',
      '+aes-256-gcm: both hosts have it',
    ],
    [
      'that is forbidden by its name is not allowed with the format',
      [policy('forbid', 'aes-256-gcm'), policy('allow', 'gni 3.0', { match: { host: 'a' } })],
      'gni 3.0 +chacha20-poly1305',
      '',
      ['forbid'],
    ],
    [
      'is required',
      [policy('require', 'chacha20-poly1305')],
      'gni 3.0 +chacha20-poly1305',
      "+chacha20-poly1305: required by policy 'require'",
      ['require'],
    ],
    [
      'is required where the better format cannot carry it',
      [policy('require', 'encryption'), policy('prefer', 'gni 2.0')],
      'gni 3.0 +aes-256-gcm',
      "gni 2.0: not chosen, policy 'require' requires encryption",
    ],
    [
      'is required of two: any will do',
      [policy('require', ['chacha20-poly1305', 'aes-256-gcm'])],
      'gni 3.0 +chacha20-poly1305',
      "+chacha20-poly1305: required by policy 'require'",
      [],
      [without('a', 'aes-256-gcm'), b],
    ],
    [
      'is pinned',
      [policy('pin', 'chacha20-poly1305')],
      'gni 3.0 +chacha20-poly1305',
      "+chacha20-poly1305: pinned by policy 'pin'",
      ['pin'],
    ],
    [
      'is pinned and one host lacks it',
      [policy('pin', 'chacha20-poly1305')],
      undefined,
      "policy 'pin' pins chacha20-poly1305, which b does not have",
      ['pin'],
      [a, without('b', 'chacha20-poly1305')],
    ],
    [
      'comes first by an order, which wants none',
      [policy('order', ['chacha20-poly1305', 'aes-256-gcm']), policy('prefer', 'encryption', { match: { host: 'b' } })],
      'gni 3.0 +chacha20-poly1305',
      "+chacha20-poly1305: preferred by policy 'prefer'",
      ['order'],
    ],
    [
      'in an order does not put the sealed format first',
      [policy('order', ['chacha20-poly1305'])],
      'gni 4.0',
      'gni 3.0 +chacha20-poly1305: not chosen, 4.0 is higher',
      [],
      [old('a', 'gni 3.0', 'gni 4.0'), old('b', 'gni 3.0', 'gni 4.0')],
    ],
    [
      'is preferred, and so is the format that carries it',
      [policy('prefer', 'chacha20-poly1305'), policy('order', 'gni 1.0')],
      'gni 3.0 +chacha20-poly1305',
      "+chacha20-poly1305: preferred by policy 'prefer'",
      ['prefer'],
    ],
  ];
  it.each(cases)('%s', (...each) => expectCase(each));
});

describe('a feature that costs work', () => {
  const until2 = ['gni 1.0', 'gni 1.1', 'gni 2.0'];
  const twos: [Party, Party] = [old('a', ...until2), old('b', ...until2)];
  const cases: Case[] = [
    ['is off where no policy speaks of it', [], 'gni 2.0', 'gni 2.0: both hosts have it', [], twos],
    [
      'is turned on by a preference',
      [policy('prefer', 'lz4', { name: 'small' })],
      'gni 2.0 +lz4',
      "+lz4: preferred by policy 'small'",
      ['small'],
      twos,
    ],
    [
      'is turned on by a requirement, in the natural order',
      [policy('require', 'compression')],
      'gni 2.0 +lz4',
      "+lz4: required by policy 'require'",
      ['require'],
      twos,
    ],
    [
      'is turned on together with others',
      [policy('require', ['zstd', 'ip-elision', 'flow-control', 'encryption'])],
      'gni 3.0 +aes-256-gcm +zstd +ip-elision +flow-control',
      "+flow-control: required by policy 'require'",
      ['require'],
    ],
    [
      'is not turned on by allowing it',
      [policy('allow', ['lz4', 'ip-elision'])],
      'gni 2.0',
      'ip-elision: not used, no policy asks for it',
      [],
      twos,
    ],
    ['is not turned on by an order', [policy('order', ['zstd', 'lz4'])], 'gni 2.0', '', [], twos],
    [
      'is of the kind that is preferred, where another policy asks for any',
      [policy('require', 'compression'), policy('prefer', 'zstd')],
      'gni 2.0 +zstd',
      "+zstd: required by policy 'require'",
      ['require', 'prefer'],
      twos,
    ],
    [
      'is of the kind that an order puts first',
      [policy('prefer', 'compression'), policy('order', ['zstd'])],
      'gni 2.0 +zstd',
      "+zstd: preferred by policy 'prefer'",
      ['prefer', 'order'],
      twos,
    ],
    [
      'is of the kind that is preferred and left',
      [policy('prefer', ['zstd', 'lz4']), policy('forbid', 'zstd')],
      'gni 2.0 +lz4',
      "+lz4: preferred by policy 'prefer'",
      ['prefer'],
      twos,
    ],
    [
      'is not used where one host lacks it, preferred or not',
      [policy('prefer', 'zstd')],
      'gni 2.0',
      'compression: not used, b does not have it',
      [],
      [twos[0], { ...without('b', 'zstd'), formats: until2 }],
    ],
    [
      'is forbidden although it is preferred',
      [policy('prefer', 'lz4'), policy('forbid', 'compression', { name: 'plain' })],
      'gni 2.0',
      "compression: not used, policy 'plain' forbids compression",
      ['plain'],
      twos,
    ],
    [
      'is forbidden and nobody wants it',
      [policy('forbid', 'ip-elision', { name: 'plain' })],
      'gni 2.0',
      "ip-elision: not used, policy 'plain' forbids ip-elision",
      [],
      twos,
    ],
    [
      'is forbidden with an exception for one host',
      [
        policy('forbid', 'compression'),
        policy('allow', 'zstd', { match: { host: 'a' } }),
        policy('prefer', 'compression'),
      ],
      'gni 2.0 +zstd',
      "+zstd: preferred by policy 'prefer'",
      ['prefer', 'forbid'],
      twos,
    ],
    [
      'is not allowed with the format that can carry it',
      [
        policy('forbid', 'compression'),
        policy('allow', 'gni 2.0', { match: { host: 'a' } }),
        policy('prefer', 'compression'),
      ],
      'gni 2.0',
      "compression: not used, policy 'forbid' forbids compression",
      ['forbid'],
      twos,
    ],
    [
      'takes formats away that cannot carry it',
      [policy('require', 'ip-elision')],
      'gni 2.0 +ip-elision',
      "gni 1.1: not chosen, policy 'require' requires ip-elision",
      ['require'],
      twos,
    ],
    [
      'puts the format first that carries it',
      [policy('prefer', 'compression')],
      'gni 2.0 +lz4',
      'gni 2.0 +lz4: both hosts have it',
      ['prefer'],
      [party('a', { formats: ['gni 2.0', 'gni 4.0'] }), party('b', { formats: ['gni 2.0', 'gni 4.0'] })],
    ],
    [
      'is not used where the hosts have different kinds of it',
      [policy('prefer', 'compression')],
      'gni 2.0',
      'compression: not used, the hosts do not have it in common',
      [],
      [
        { ...without('a', 'zstd'), formats: until2 },
        { ...without('b', 'lz4'), formats: until2 },
      ],
    ],
    [
      'says of a format that is pinned that it cannot carry it',
      [policy('prefer', 'compression'), policy('pin', 'gni 1.1')],
      'gni 1.1',
      'compression: not used, gni 1.1 does not carry it',
      ['pin'],
      twos,
    ],
    [
      'is pinned together with its format',
      [policy('pin', ['gni 2.0', 'zstd'])],
      'gni 2.0 +zstd',
      "+zstd: pinned by policy 'pin'",
      ['pin'],
    ],
  ];
  it.each(cases)('%s', (...each) => expectCase(each));

  it('is told of candidates too', () => {
    const { candidates, reasons } = select(a, b, [policy('prefer', 'lz4', { name: 'small' })], scope());
    expect(candidates.map(({ format, features }) => [format, ...features].join(' '))).toEqual([
      'gni 3.0 aes-256-gcm lz4',
      'gni 2.0 lz4',
      'gni 1.1',
      'gni 1.0',
    ]);
    expect(reasons).toEqual([
      'gni 3.0 +aes-256-gcm +lz4: both hosts have it, highest common version',
      '+aes-256-gcm: both hosts have it',
      "+lz4: preferred by policy 'small'",
      'gni 2.0 +lz4: not chosen, 3.0 is higher',
      'gni 1.1: not chosen, 3.0 is higher',
      'gni 1.0: not chosen, 3.0 is higher',
    ]);
  });
});

describe('a conflict about features', () => {
  const two = (host: string) => old(host, 'gni 2.0');
  const twos: [Party, Party] = [two('a'), two('b')];
  const cases: Case[] = [
    [
      'of two requirements is none and names both',
      [policy('require', 'lz4', { name: 'fast' }), policy('require', 'zstd', { name: 'small' })],
      undefined,
      "none, because policy 'small' requires zstd and policy 'fast' requires lz4",
      ['small', 'fast'],
      twos,
    ],
    [
      'of a ban with a requirement is none and names both',
      [policy('forbid', 'compression', { name: 'plain' }), policy('require', 'lz4', { name: 'small' })],
      undefined,
      "none, because policy 'plain' forbids compression and policy 'small' requires lz4",
      ['plain', 'small'],
      twos,
    ],
    [
      'with what a host can do is none and names the host',
      [policy('require', 'ip-elision')],
      undefined,
      "none, because policy 'require' requires ip-elision, which a does not have",
      ['require'],
      [{ ...without('a', 'ip-elision'), formats: ['gni 2.0'] }, two('b')],
    ],
    [
      'of a customer’s requirement with an administrator’s ban is none',
      [policy('forbid', 'zstd', { name: 'ban' }), policy('require', 'zstd', { name: 'mine', ...amber })],
      undefined,
      "policy 'ban' forbids zstd",
      ['mine', 'ban'],
      twos,
    ],
    [
      'of a customer’s ban with an administrator’s requirement goes to the administrator',
      [policy('forbid', 'compression', { name: 'mine', ...amber }), policy('require', 'lz4', { name: 'ours' })],
      'gni 2.0 +lz4',
      "policy 'mine' of customer amber is overruled by the administrator's policy 'ours'",
      ['ours'],
      twos,
    ],
    [
      'overrules only the policies that are in the way',
      [
        policy('forbid', 'encryption', { name: 'mine', ...amber }),
        policy('forbid', 'ip-elision', { name: 'mine-too', ...amber }),
        policy('require', 'encryption', { name: 'sealed' }),
        policy('prefer', 'ip-elision', { name: 'small' }),
      ],
      'gni 3.0 +aes-256-gcm',
      "ip-elision: not used, policy 'mine-too' of customer amber forbids ip-elision",
      ['mine-too'],
      [old('a', 'gni 3.0'), old('b', 'gni 3.0')],
    ],
  ];
  it.each(cases)('%s', (...each) => expectCase(each));

  it('that is overruled names only the policies against what the administrator demands', () => {
    const policies = [
      policy('forbid', 'gni 1.0', { name: 'mine', ...amber }),
      policy('forbid', 'gni 2.0', { name: 'mine-too', ...amber }),
      policy('pin', 'gni 2.0', { name: 'ours' }),
    ];
    const { selected, reasons } = select(a, b, policies, scope({ traffic: [traffic('red', 'amber')] }));
    expect(selected).toBe('gni 2.0');
    expect(reasons.filter((reason) => reason.includes('overruled'))).toEqual([
      "policy 'mine-too' of customer amber is overruled by the administrator's policy 'ours'",
    ]);
  });
});
