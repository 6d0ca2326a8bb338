import { describe, expect, it } from 'vitest';
import { ciphers, compressions } from '../../wire/encapsulation.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { Party, Scope, Traffic } from './policies.ts';
import { select } from './select.ts';

/** A bare version is one of `gni`. */
const format = (text: string): string => (/^\d/.test(text) ? `gni ${text}` : text);
const party = (
  host: string,
  formats: string[],
  families: Party['families'] = [4],
  labels: Party['labels'] = {},
): Party => ({ host, formats: formats.map(format), features: all, families, labels });
const all = [...ciphers, ...compressions, 'ip-elision', 'flow-control'];

const scope = (traffic: readonly Traffic[] = [], kind: Scope['kind'] = 'hosts'): Scope => ({
  kind,
  traffic,
  perGuest: false,
  featuresOf: (name) => layoutByName(name)?.features ?? [],
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
      'does not choose another framework that no policy asks for',
      party('a', ['vxlan']),
      party('b', ['vxlan']),
      undefined,
      ['none, because no policy asks for vxlan'],
    ],
    [
      'does not choose what is no version',
      party('a', ['gni 1.0.1', 'gni 01.0', 'gni x']),
      party('b', ['gni 1.0.1', 'gni 01.0', 'gni x']),
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
    expect(select(source, destination, [], scope())).toMatchObject({ selected, reasons, decidedBy: [] });
  });

  it('chooses the same whatever the order in which hosts list their formats, and however often', () => {
    const b = party('b', ['1.0', '1.1']);
    const once = select(party('a', ['1.0', '1.1']), b, [], scope());
    expect(select(party('a', ['1.1', '1.0', '1.1']), b, [], scope())).toEqual(once);
  });

  it('keeps its reasons within what a message may carry', () => {
    const many = party(
      'a',
      Array.from({ length: 64 }, (_, i) => `${i}.0`),
    );
    const other = party(
      'b',
      Array.from({ length: 64 }, (_, i) => `${i}.${i === 0 ? 0 : 1}`),
    );
    const choice = select(many, other, [], scope());
    expect(choice.selected).toBe('gni 0.0');
    expect(choice.reasons).toHaveLength(64);
    expect(choice.candidates).toHaveLength(127);
  });
});

// ---- policies -----------------------------------------------------------------------------------------------

type Short = Partial<Omit<PolicyRequest, 'effect' | 'capabilities'>>;
const policy = (effect: PolicyRequest['effect'], capabilities: string | string[], rest: Short = {}): PolicyRequest => ({
  name: effect,
  effect,
  capabilities: [capabilities].flat().map(format),
  ...rest,
});
const amber = { author: 'customer amber' };
const labelled = (host: string, formats: string[], labels: Party['labels']) => party(host, formats, [4], labels);
const traffic = (cloud: string, customer?: string, guests: [string[], string[]] = [[], []]): Traffic => ({
  cloud,
  customer,
  sourceGuests: guests[0],
  destinationGuests: guests[1],
});

describe('the examples of common practice', () => {
  const upgraded = ['1.0', '2.0'];
  const environment = (name: string) =>
    select(
      labelled('a', upgraded, { environment: name }),
      labelled('b', upgraded, { environment: name }),
      [policy('forbid', '2.0', { name: 'calm', match: { environment: 'production' } })],
      scope(),
    );

  it('a version that everybody has is forbidden in production: the older one there, the newer one in test', () => {
    expect(environment('production')).toMatchObject({
      selected: 'gni 1.0',
      decidedBy: ['calm'],
      reasons: [
        'gni 1.0: both hosts have it, highest common version that policies leave',
        "gni 2.0: not chosen, policy 'calm' forbids gni 2.0",
      ],
    });
    expect(environment('test')).toMatchObject({ selected: 'gni 2.0', decidedBy: [] });
  });

  it('a version is for one customer only', () => {
    const policies = [
      policy('forbid', '2.0', { name: 'not-yet' }),
      policy('allow', '2.0', { name: 'pilot', match: { customer: 'amber' } }),
    ];
    const between = (...clouds: Traffic[]) =>
      select(party('a', upgraded), party('b', upgraded), policies, scope(clouds));
    expect(between(traffic('red', 'amber')).selected).toBe('gni 2.0');
    expect(between(traffic('blue', 'other')).selected).toBe('gni 1.0');
    // Both customers at once: one selection for both, so the stricter.
    const shared = between(traffic('red', 'amber'), traffic('blue', 'other'));
    expect(shared.selected).toBe('gni 1.0');
    expect(shared.reasons).toContain(
      "policy 'pilot' is left out: it is about part of the traffic between the hosts, which have one selection",
    );
  });

  it('directions may differ', () => {
    const policies = [
      policy('require', 'integrity', { match: { host: 'a', direction: 'from' } }),
      policy('prefer', '1.0'),
    ];
    const [a, b] = [party('a', ['1.0', '1.1']), party('b', ['1.0', '1.1'])];
    expect(select(a, b, policies, scope()).selected).toBe('gni 1.1');
    expect(select(b, a, policies, scope()).selected).toBe('gni 1.0');
  });
});

describe('an effect', () => {
  const all = ['1.0', '1.1', '2.0', 'vxlan', 'geneve 1'];
  const cases: [
    title: string,
    policies: PolicyRequest[],
    selected: string | undefined,
    reason: string,
    by: string[],
  ][] = [
    [
      'forbid takes a version away',
      [policy('forbid', '2.0')],
      'gni 1.1',
      'gni 1.1: both hosts have it, highest common version that policies leave',
      ['forbid'],
    ],
    [
      'forbid takes a feature away',
      [policy('forbid', ['2.0', 'integrity'])],
      'gni 1.0',
      "gni 1.1: not chosen, policy 'forbid' forbids integrity",
      ['forbid'],
    ],
    [
      'forbid of what would not be chosen decides nothing',
      [policy('forbid', '1.0')],
      'gni 2.0',
      "gni 1.0: not chosen, policy 'forbid' forbids gni 1.0",
      [],
    ],
    [
      'forbid of a framework leaves none',
      [policy('forbid', 'gni *')],
      undefined,
      "none, because policy 'forbid' forbids gni * and no policy asks for geneve 1 and no policy asks for vxlan",
      ['forbid'],
    ],
    [
      'require of a feature',
      [policy('require', 'integrity')],
      'gni 1.1',
      "gni 2.0: not chosen, policy 'require' requires integrity",
      ['require'],
    ],
    [
      'require of formats takes the best of them',
      [policy('require', ['1.0', '1.1'])],
      'gni 1.1',
      "gni 2.0: not chosen, policy 'require' requires gni 1.0, gni 1.1",
      ['require'],
    ],
    [
      'require of a feature and of formats wants both',
      [policy('require', ['1.0', '1.1', 'integrity'])],
      'gni 1.1',
      "gni 1.0: not chosen, policy 'require' requires gni 1.0, gni 1.1, integrity",
      ['require'],
    ],
    [
      'require of another framework asks for it',
      [policy('require', 'vxlan')],
      'vxlan',
      "gni 2.0: not chosen, policy 'require' requires vxlan",
      ['require'],
    ],
    ['require of what a host lacks leaves none', [policy('require', '3.0')], undefined, 'none, because', ['require']],
    ['pin chooses one', [policy('pin', '1.0')], 'gni 1.0', "gni 1.0: pinned by policy 'pin'", ['pin']],
    [
      'pin of the best is named all the same',
      [policy('pin', '2.0')],
      'gni 2.0',
      "gni 2.0: pinned by policy 'pin'",
      ['pin'],
    ],
    [
      'prefer chooses first',
      [policy('prefer', ['9.9', '1.0', '1.1'])],
      'gni 1.0',
      "gni 1.0: both hosts have it, preferred by policy 'prefer'",
      ['prefer'],
    ],
    [
      'prefer yields to what is required',
      [policy('prefer', '1.0'), policy('require', 'integrity')],
      'gni 1.1',
      "gni 1.0: not chosen, policy 'require' requires integrity",
      ['require'],
    ],
    [
      'order puts frameworks in order, versions keep theirs',
      [policy('order', ['geneve *', 'gni *'])],
      'geneve 1',
      "geneve 1: both hosts have it, first in the order of policy 'order'",
      ['order'],
    ],
    [
      'order with the own framework first',
      [policy('order', ['gni *', 'vxlan'])],
      'gni 2.0',
      'vxlan: not chosen, gni 2.0 is first',
      [],
    ],
    [
      'allow alone changes nothing',
      [policy('allow', '2.0')],
      'gni 2.0',
      'gni 2.0: both hosts have it, highest common version',
      [],
    ],
    [
      'allow is an exception when it is more specific',
      [policy('forbid', '2.0'), policy('allow', '2.0', { match: { host: 'a' } })],
      'gni 2.0',
      'gni 2.0: both hosts have it, highest common version',
      [],
    ],
    [
      'allow is none when it is as specific: the stricter wins',
      [policy('forbid', '2.0', { match: { host: 'a' } }), policy('allow', '2.0', { match: { host: 'b' } })],
      'gni 1.1',
      "gni 2.0: not chosen, policy 'forbid' forbids gni 2.0",
      ['forbid'],
    ],
  ];
  it.each(cases)('%s', (_title, policies, selected, reason, by) => {
    const choice = select(party('a', all), party('b', all), policies, scope());
    expect({ selected: choice.selected, decidedBy: choice.decidedBy }).toEqual({ selected, decidedBy: by });
    expect(choice.reasons.join('\n')).toContain(reason);
    // Whatever order policies come in.
    expect(select(party('a', all), party('b', all), policies.toReversed(), scope())).toEqual(choice);
  });
});

describe('a conflict', () => {
  const common = ['1.0', '1.1'];
  const between = (policies: PolicyRequest[], clouds: Traffic[] = [traffic('red', 'amber')]) =>
    select(party('a', common), party('b', common), policies, scope(clouds));
  const cases: [title: string, policies: PolicyRequest[], selected: string | undefined, first: string, by: string[]][] =
    [
      [
        'of two administrators’ policies is none and names both',
        [policy('pin', '1.0', { name: 'old' }), policy('require', 'integrity', { name: 'safe' })],
        undefined,
        "none, because policy 'old' pins gni 1.0 and policy 'safe' requires integrity",
        ['old', 'safe'],
      ],
      [
        'of two pins is none and names both',
        [policy('pin', '1.0', { name: 'p0' }), policy('pin', '1.1', { name: 'p1' })],
        undefined,
        "none, because policy 'p0' pins gni 1.0 and policy 'p1' pins gni 1.1",
        ['p0', 'p1'],
      ],
      [
        'of a customer’s requirement with an administrator’s ban is none',
        [policy('forbid', 'integrity', { name: 'ban' }), policy('require', 'integrity', { name: 'mine', ...amber })],
        undefined,
        "none, because policy 'ban' forbids integrity and policy 'mine' of customer amber requires integrity",
        ['ban', 'mine'],
      ],
      [
        'of a customer’s ban with an administrator’s pin goes to the administrator',
        [policy('forbid', '1.0', { name: 'mine', ...amber }), policy('pin', '1.0', { name: 'old' })],
        'gni 1.0',
        "gni 1.0: pinned by policy 'old'",
        ['old'],
      ],
      [
        'of a customer with what hosts can do is none',
        [policy('forbid', 'gni *', { name: 'mine', ...amber })],
        undefined,
        "none, because policy 'mine' of customer amber forbids gni *",
        ['mine'],
      ],
      [
        'of preferences goes to the administrator',
        [
          policy('prefer', '1.0', { name: 'mine', ...amber, match: { host: 'a' } }),
          policy('order', ['1.1'], { name: 'ours' }),
        ],
        'gni 1.1',
        'gni 1.1: both hosts have it, highest common version',
        [],
      ],
      [
        'is not made by a customer’s exception from an administrator’s ban',
        [
          policy('forbid', '1.1', { name: 'ban' }),
          policy('allow', '1.1', { name: 'mine', ...amber, match: { host: 'a' } }),
        ],
        'gni 1.0',
        'gni 1.0: both hosts have it, highest common version that policies leave',
        ['ban'],
      ],
    ];
  it.each(cases)('%s', (_title, policies, selected, first, by) => {
    const choice = between(policies);
    expect(choice).toMatchObject({ selected, decidedBy: by });
    expect(choice.reasons[0]).toBe(first);
  });

  it('that is overruled says so', () => {
    const choice = between([
      policy('forbid', '1.0', { name: 'mine', ...amber }),
      policy('pin', '1.0', { name: 'old' }),
    ]);
    expect(choice.reasons).toContain(
      "policy 'mine' of customer amber is overruled by the administrator's policy 'old'",
    );
  });
});

describe('a match', () => {
  const formats = ['1.0', '1.1'];
  const a = labelled('a', formats, { environment: 'production', area: 'north', rack: 'r1' });
  const cases: [
    title: string,
    match: NonNullable<PolicyRequest['match']>,
    b: Party['labels'],
    clouds: Traffic[],
    counts: boolean,
  ][] = [
    ['without anything', {}, {}, [], true],
    ['environment of the source', { environment: 'production' }, {}, [], true],
    ['environment of the destination', { environment: 'test' }, { environment: 'test' }, [], true],
    ['environment of neither', { environment: 'other' }, { environment: 'test' }, [], false],
    ['environment, from that end', { environment: 'production', direction: 'from' }, {}, [], true],
    ['environment, to that end', { environment: 'production', direction: 'to' }, {}, [], false],
    ['host and environment of one end', { host: 'a', environment: 'production' }, {}, [], true],
    ['host of one end, environment of the other', { host: 'b', environment: 'production' }, {}, [], false],
    ['same rack', { areas: 'same-rack' }, { area: 'north', rack: 'r1' }, [], true],
    ['same rack of another area', { areas: 'same-rack' }, { area: 'south', rack: 'r1' }, [], false],
    ['same rack, one not known', { areas: 'same-rack' }, { area: 'north' }, [], false],
    ['same area', { areas: 'same-area' }, { area: 'north', rack: 'r2' }, [], true],
    ['same area, one not labelled', { areas: 'same-area' }, {}, [], false],
    ['across areas', { areas: 'across-areas' }, { area: 'south' }, [], true],
    ['across areas, one not labelled', { areas: 'across-areas' }, {}, [], true],
    ['cloud with guests on both', { cloud: 'red' }, {}, [traffic('red')], true],
    ['cloud without', { cloud: 'red' }, {}, [traffic('blue')], false],
    ['customer', { customer: 'amber' }, {}, [traffic('red', 'amber')], true],
    [
      'customer of another cloud',
      { customer: 'amber', cloud: 'red' },
      {},
      [traffic('red'), traffic('blue', 'amber')],
      false,
    ],
    ['guest at the source', { guest: 'g' }, {}, [traffic('red', undefined, [['g'], []])], true],
    [
      'guest at the source, from',
      { guest: 'g', direction: 'from' },
      {},
      [traffic('red', undefined, [['g'], []])],
      true,
    ],
    ['guest at the source, to', { guest: 'g', direction: 'to' }, {}, [traffic('red', undefined, [['g'], []])], false],
    [
      'guest at the destination, on the other host',
      { guest: 'g', host: 'a' },
      {},
      [traffic('red', undefined, [[], ['g']])],
      false,
    ],
    ['guest elsewhere', { guest: 'h' }, {}, [traffic('red', undefined, [['g'], ['i']])], false],
  ];
  it.each(cases)('%s', (_title, match, labels, clouds, counts) => {
    const { selected } = select(a, labelled('b', formats, labels), [policy('forbid', '1.1', { match })], scope(clouds));
    expect(selected).toBe(counts ? 'gni 1.0' : 'gni 1.1');
  });

  it('by a customer reaches its own clouds only', () => {
    const mine = policy('forbid', '1.1', amber);
    const between = (...clouds: Traffic[]) => select(a, labelled('b', formats, {}), [mine], scope(clouds)).selected;
    expect([between(traffic('red', 'amber')), between(traffic('blue', 'other')), between()]).toEqual([
      'gni 1.0',
      'gni 1.1',
      'gni 1.1',
    ]);
  });

  it('of part of the traffic counts for all of it, and says so', () => {
    const match = { cloud: 'red' };
    const clouds = [traffic('red'), traffic('blue')];
    const choice = select(a, labelled('b', formats, {}), [policy('forbid', '1.1', { match })], scope(clouds));
    expect(choice.selected).toBe('gni 1.0');
    expect(choice.reasons).toContain(
      "policy 'forbid' is about part of the traffic between the hosts and counts for all of it, since they have one selection",
    );
  });

  it('of a guest is of all the traffic when the scope is a pair of guests', () => {
    const allowed = [policy('forbid', '1.1'), policy('allow', '1.1', { match: { guest: 'g' } })];
    const pair = [traffic('red', undefined, [['g'], ['h']])];
    const b = labelled('b', formats, {});
    expect(select(a, b, allowed, scope(pair, 'guests')).selected).toBe('gni 1.1');
    expect(select(a, b, allowed, scope(pair, 'hosts')).selected).toBe('gni 1.0');
  });
});
