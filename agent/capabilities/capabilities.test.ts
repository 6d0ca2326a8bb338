import { describe, expect, it } from 'vitest';
import { FakeNative } from '../datapath/fake.ts';
import { Abilities } from './abilities.ts';
import { type CapabilityFacts, findCapabilities } from './capabilities.ts';

const offloads = { udpGso: true, udpGro: true, tso: true, uso: false };
const free = { formats: undefined, features: undefined } as const;
const { found } = new FakeNative();
const plain: CapabilityFacts = { probe: found, masks: free, bound: [], hasKey: true, offloads, problems: [] };
const all: CapabilityFacts = {
  ...plain,
  probe: {
    ...found,
    formats: ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0', 'vxlan', 'geneve', 'gni6'],
    ciphers: ['aes-256-gcm', 'chacha20-poly1305'],
    compressions: ['lz4', 'zstd'],
    features: ['ip-elision', 'flow-control'],
  },
};

describe('capabilities', () => {
  it('are what the data plane has, with the features of its formats', () => {
    expect(findCapabilities(plain)).toEqual({
      formats: ['gni 1.0', 'gni 1.1'],
      features: ['integrity'],
      offloads: ['udp-gso', 'udp-gro', 'tso'],
      executors: ['engine'],
      ports: ['tun'],
      problems: [],
    });
    expect(findCapabilities(all)).toMatchObject({
      formats: ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0'],
      features: ['integrity', 'aes-256-gcm', 'chacha20-poly1305', 'lz4', 'zstd', 'ip-elision', 'flow-control'],
      problems: [],
    });
  });

  it.each([
    [undefined, ['engine'], ['tun']],
    ['tc', ['engine', 'tc'], ['tun', 'veth', 'tap']],
    ['xdp', ['engine', 'tc', 'xdp'], ['tun', 'veth', 'tap']],
  ] as const)(
    'name who carries packets with fast path %s, and the ports that guests can have',
    (fastPath, executors, ports) => {
      expect(findCapabilities({ ...plain, fastPath })).toMatchObject({ executors, ports });
    },
  );

  it.each([
    ['formats', { formats: ['gni 1.0'], features: undefined }, ['gni 1.0'], []],
    ['features', { formats: ['gni 2.0'], features: ['zstd'] }, ['gni 2.0'], ['zstd']],
    ['ciphers, all of them', { formats: ['gni 2.0', 'gni 3.0'], features: [] }, ['gni 2.0'], []],
    ['one cipher', { formats: ['gni 3.0'], features: ['aes-256-gcm'] }, ['gni 3.0'], ['aes-256-gcm']],
  ] as const)('are less the mask of %s', (_, masks, formats, features) => {
    expect(findCapabilities({ ...all, masks })).toMatchObject({ formats, features, problems: [] });
  });

  it('have a foreign framework only while its port is bound', () => {
    expect(findCapabilities({ ...all, bound: ['geneve'] }).formats.slice(4)).toEqual(['geneve']);
    const masks = { formats: ['vxlan'], features: undefined };
    expect(findCapabilities({ ...all, masks })).toMatchObject({
      formats: [],
      problems: ["format vxlan is in the configuration, but its UDP port is not bound: see key 'foreign'"],
    });
  });

  it('have gni6 only where packets of its prefix come to the engine, and say which prefix', () => {
    const gni6Prefix = 'fd06:0:0:1::/64';
    const offering = findCapabilities({ ...all, gni6Prefix });
    expect([offering.formats.slice(4), offering.gni6Prefix]).toEqual([['gni6'], gni6Prefix]);
    expect(findCapabilities(all)).not.toHaveProperty('gni6Prefix');
    const masks = { formats: ['gni6'], features: undefined };
    expect(findCapabilities({ ...all, masks })).toMatchObject({
      formats: [],
      problems: ["format gni6 is in the configuration, but has no prefix: see key 'gni6'"],
    });
    expect(findCapabilities({ ...all, gni6Prefix, masks: { ...masks, formats: ['gni 1.0'] } })).not.toHaveProperty(
      'gni6Prefix',
    );
  });

  it('have flow control only where the data plane says that it does', () => {
    const without = { ...all, probe: { ...all.probe, features: ['ip-elision'] as const } };
    expect(findCapabilities(all).features).toContain('flow-control');
    expect(findCapabilities(without).features).not.toContain('flow-control');
    expect(findCapabilities(without).features).toContain('ip-elision');
  });

  it('have no format that encrypts until there is a key', () => {
    expect(findCapabilities({ ...all, hasKey: false })).toMatchObject({
      formats: ['gni 1.0', 'gni 1.1', 'gni 2.0'],
      features: ['integrity', 'lz4', 'zstd', 'ip-elision'],
      problems: ['format gni 3.0 is not offered: this host has no key yet'],
    });
  });

  it('that could not be determined are problems and are not offered', () => {
    const probe = { ...all.probe, formats: ['gni 1.0', 'gni 3.0'], ciphers: [], problems: ['no AES: EINVAL'] } as const;
    const masks = { formats: ['gni 1.0', 'gni 1.1', 'gni 3.0'], features: ['lz4', 'aes-256-gcm'] };
    expect(findCapabilities({ ...plain, probe, masks, problems: ['no prober'] })).toMatchObject({
      formats: ['gni 1.0'],
      features: [],
      problems: [
        'no AES: EINVAL',
        'format gni 1.1 is in the configuration, but this data plane does not have it',
        'format gni 3.0 is not offered: no cipher works',
        'feature lz4 is in the configuration, but no format that is offered can have it here',
        'feature aes-256-gcm is in the configuration, but no format that is offered can have it here',
        'no prober',
      ],
    });
  });

  it('are asked for again: what no longer answers is not offered, until it answers again', () => {
    let answer: () => typeof all.probe = () => all.probe;
    const abilities = new Abilities({
      probe: () => answer(),
      masks: () => free,
      bound: [],
      hasKey: () => true,
      offloads: () => offloads,
    });
    expect(abilities.encrypts).toBe(true);
    answer = () => {
      throw new Error('EMFILE');
    };
    abilities.ask();
    expect(abilities.capabilities()).toMatchObject({
      formats: [],
      features: ['guest-pairs', 'trace'],
      problems: ['formats, ciphers and compressions cannot be determined: EMFILE'],
    });
    // What is agreed already goes on: the engine has not stopped.
    expect(abilities.formats).toContain('gni 3.0');
    answer = () => ({ ...all.probe, ciphers: [] });
    abilities.ask();
    expect(abilities.encrypts).toBe(false);
    expect(abilities.capabilities().formats).toContain('gni 2.0');
  });
});
