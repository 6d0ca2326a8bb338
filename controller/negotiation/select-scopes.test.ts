import { describe, expect, it } from 'vitest';
import type { PolicyRequest } from '../../wire/policy.ts';
import { needsGuestScope, type Party, type Traffic } from './policies.ts';
import { select } from './select.ts';
import { a, amber, b, modern, party, policy, scope, traffic, without } from './test-parties.ts';

describe('what the destination accepts', () => {
  const infer = policy('infer', 'gni *', { name: 'quiet' });
  const accepts = (policies: PolicyRequest[], ends: [Party, Party] = [a, b]) =>
    select(...ends, policies, scope()).accepts;

  it('is what is selected, without a policy', () => {
    expect(accepts([])).toEqual(['gni 3.0 +aes-256-gcm']);
    expect(accepts([policy('infer', 'vxlan')])).toEqual(['gni 3.0 +aes-256-gcm']);
    expect(accepts([policy('forbid', 'gni *')])).toEqual([]);
  });

  it('is every format that is possible and permitted, where nothing is sealed', () => {
    const plain: [Party, Party] = [a, without('b', 'aes-256-gcm', 'chacha20-poly1305', 'zstd')];
    expect(accepts([infer, policy('forbid', 'gni 1.0')], plain)).toEqual([
      'gni 2.0',
      'gni 2.0 +lz4 +ip-elision',
      'gni 2.0 +lz4',
      'gni 2.0 +ip-elision',
      'gni 1.1',
    ]);
    expect(select(...plain, [infer], scope()).reasons).toContainEqual(
      expect.stringContaining("b also accepts, by policy 'quiet': gni 2.0 +lz4 +ip-elision, "),
    );
  });

  it('has no variant that needs another key', () => {
    const chacha = accepts([infer, policy('prefer', 'chacha20-poly1305')]);
    expect(chacha[0]).toBe('gni 3.0 +chacha20-poly1305');
    expect(chacha).toContain('gni 3.0 +chacha20-poly1305 +zstd +ip-elision +flow-control');
    expect(chacha).toContain('gni 1.0');
    expect(chacha.filter((text) => text.includes('aes'))).toEqual([]);
    expect(accepts([infer, policy('prefer', 'gni 2.0')]).filter((text) => text.startsWith('gni 3.0'))).toEqual([]);
  });

  it('has what is required in every variant', () => {
    const texts = accepts([infer, policy('require', ['lz4', 'ip-elision']), policy('forbid', 'gni 3.0')]);
    expect(texts).toEqual(['gni 2.0 +lz4 +ip-elision']);
  });

  it('is no more than a session may name with room for a change', () => {
    const many = party('a', { formats: [...modern, ...Array.from({ length: 60 }, (_, i) => `gni ${i + 4}.0`)] });
    const texts = accepts([infer], [many, { ...many, host: 'b' }]);
    expect(texts).toHaveLength(32);
    expect(texts[0]).toBe('gni 63.0');
  });

  it('is not widened for all by a policy about part of the traffic', () => {
    const quiet = policy('infer', 'gni *', { match: { cloud: 'red' } });
    const shared = scope({ traffic: [traffic('red'), traffic('blue')] });
    const choice = select(a, b, [quiet], shared);
    expect(choice.accepts).toEqual(['gni 3.0 +aes-256-gcm']);
    expect(choice.reasons).toContain(
      "policy 'infer' is left out: it is about part of the traffic between the hosts, which have one selection",
    );
    expect(select(a, b, [quiet], scope({ traffic: [traffic('red')] })).accepts.length).toBeGreaterThan(1);
  });
});

describe('a host without an agent', () => {
  it('has its framework without a policy that asks for it, and policies that forbid it win', () => {
    const ends: [Party, Party] = [party('a', { formats: [...modern, 'vxlan'] }), party('b', { formats: ['vxlan'] })];
    const asked = scope({ asked: ['vxlan'] });
    expect(select(...ends, [], asked)).toMatchObject({ selected: 'vxlan', accepts: ['vxlan'] });
    expect(select(...ends, [], scope()).selected).toBeUndefined();
    expect(select(...ends, [policy('forbid', 'vxlan')], asked).reasons[0]).toBe(
      "none, because policy 'forbid' forbids vxlan",
    );
  });
});

describe('guests with selections of their own', () => {
  const shared = scope({ perGuest: true, traffic: [traffic('red', 'amber'), traffic('blue', 'other')] });
  const pair = (cloud: string, customer: string, guests: [string, string] = ['g', 'h']) =>
    scope({ kind: 'guests', perGuest: true, traffic: [traffic(cloud, customer, [[guests[0]], [guests[1]]])] });
  const parts: [title: string, policies: PolicyRequest[], red: string, others: string][] = [
    ['forbid', [policy('forbid', 'gni 3.0', { match: { cloud: 'red' } })], 'gni 2.0', 'gni 3.0 +aes-256-gcm'],
    ['pin', [policy('pin', 'gni 1.1', { match: { customer: 'amber' } })], 'gni 1.1', 'gni 3.0 +aes-256-gcm'],
    [
      'require',
      [policy('require', 'zstd', { match: { cloud: 'red' } })],
      'gni 3.0 +aes-256-gcm +zstd',
      'gni 3.0 +aes-256-gcm',
    ],
    [
      'allow',
      [policy('forbid', 'gni 3.0'), policy('allow', 'gni 3.0', { match: { cloud: 'red' } })],
      'gni 3.0 +aes-256-gcm',
      'gni 2.0',
    ],
    ['a customer’s own', [policy('forbid', 'gni 3.0', amber)], 'gni 2.0', 'gni 3.0 +aes-256-gcm'],
  ];
  it.each(parts)(
    'are the only ones that a policy about part of the traffic meets: %s',
    (_title, policies, red, others) => {
      expect(select(a, b, policies, pair('red', 'amber')).selected).toBe(red);
      expect(select(a, b, policies, pair('blue', 'other')).selected).toBe(others);
      const hosts = select(a, b, policies, shared);
      expect(hosts.selected).toBe(others);
      const name = policies.at(-1)?.author === undefined ? '' : ' of customer amber';
      expect(hosts.reasons).toContain(
        `policy '${policies.at(-1)?.name}'${name} is about part of the traffic between the hosts and counts only between the guests that it is about`,
      );
    },
  );

  it('by a guest’s name, in its direction', () => {
    const policies = [policy('pin', 'gni 1.0', { match: { guest: 'g', direction: 'from' } })];
    expect(select(a, b, policies, pair('red', 'amber', ['g', 'h'])).selected).toBe('gni 1.0');
    expect(select(b, a, policies, pair('red', 'amber', ['h', 'g'])).selected).toBe('gni 3.0 +aes-256-gcm');
    expect(select(a, b, policies, pair('red', 'amber', ['x', 'h'])).selected).toBe('gni 3.0 +aes-256-gcm');
  });

  it('are not cut off with another pair whose policies leave none', () => {
    const policies = [policy('require', 'gni 9.9', amber)];
    expect(select(a, b, policies, pair('red', 'amber')).selected).toBeUndefined();
    expect(select(a, b, policies, pair('blue', 'other')).selected).toBe('gni 3.0 +aes-256-gcm');
    expect(select(a, b, policies, shared).selected).toBe('gni 3.0 +aes-256-gcm');
  });

  const needs: [title: string, policies: PolicyRequest[], traffic: Traffic[], needed: boolean][] = [
    ['no policy', [], [traffic('red')], false],
    ['policies about hosts', [policy('forbid', 'gni 3.0', { match: { host: 'a' } })], [traffic('red')], false],
    ['one cloud of two', [policy('forbid', 'gni 3.0', { match: { cloud: 'red' } })], shared.traffic.slice(), true],
    ['the only cloud', [policy('forbid', 'gni 3.0', { match: { cloud: 'red' } })], [traffic('red')], false],
    [
      'a cloud that is elsewhere',
      [policy('forbid', 'gni 3.0', { match: { cloud: 'green' } })],
      [traffic('red')],
      false,
    ],
    ['a customer’s own on a shared host', [policy('prefer', 'lz4', amber)], shared.traffic.slice(), true],
    ['a guest', [policy('prefer', 'lz4', { match: { guest: 'g' } })], [traffic('red', undefined, [['g'], []])], true],
    ['a guest elsewhere', [policy('prefer', 'lz4', { match: { guest: 'g' } })], [traffic('red')], false],
    [
      'a guest that is only received from',
      [policy('prefer', 'lz4', { match: { guest: 'g', direction: 'to' } })],
      [traffic('red', undefined, [['g'], []])],
      false,
    ],
  ];
  it.each(needs)('are needed or not: %s', (_title, policies, clouds, needed) => {
    expect(needsGuestScope(policies, a, b, scope({ traffic: clouds }))).toBe(needed);
  });
});
