import { describe, expect, it } from 'vitest';
import { FakeNative } from '../datapath/fake.ts';
import { findCapabilities } from './capabilities.ts';

describe('capabilities', () => {
  const offloads = { udpGso: true, udpGro: true, tso: true, uso: false };

  it('are what the data plane has, less the mask, with the features of what is left', () => {
    const { found: probe } = new FakeNative();
    expect(findCapabilities({ probe, mask: undefined, offloads, problems: [] })).toEqual({
      formats: ['gni 1.0', 'gni 1.1'],
      features: ['integrity'],
      offloads: ['udp-gso', 'udp-gro', 'tso'],
      executors: ['engine'],
      ports: ['tun'],
      problems: [],
    });
    expect(findCapabilities({ probe, mask: ['gni 1.0'], offloads, problems: [] })).toMatchObject({
      formats: ['gni 1.0'],
      features: [],
    });
  });

  it('that could not be determined are problems', () => {
    const probe = { ...new FakeNative().found, formats: ['gni 1.0'] as const, problems: ['no UDP_GRO: ENOPROTOOPT'] };
    expect(findCapabilities({ probe, mask: ['gni 1.1'], offloads, problems: ['no prober'] }).problems).toEqual([
      'no UDP_GRO: ENOPROTOOPT',
      'format gni 1.1 is in the configuration, but this data plane does not have it',
      'no prober',
    ]);
  });
});
