import { describe, expect, it } from 'vitest';
import type { Traced } from '../datapath/datapath.ts';
import { readDevices } from './devices.ts';
import { stepOf } from './steps.ts';
import { ends, left, right } from './test-names.ts';

const devices = new Map([
  [2, 'eth0'],
  [9, 'wgabc'],
]);
const event: Traced = {
  kind: 'traced',
  trace: 5,
  executor: 'tc',
  program: 'guest',
  verdict: 'sent',
  port: 3,
  peer: 1,
  encapsulation: 'gni 1.0',
  length: 84,
  device: 9,
  leftBy: 2,
  generation: 12,
  outer: { source: '198.18.0.1', destination: '198.18.0.2', sourcePort: 50_000 },
  timeUs: 1000,
};

describe('a step', () => {
  it('has names where the executor has numbers', () => {
    expect(stepOf(event, ends, left, devices)).toEqual({
      timeUs: 1000,
      executor: 'tc',
      program: 'guest',
      side: 'out',
      verdict: 'sent',
      reason: '',
      device: 'wgabc',
      leftBy: 'eth0',
      guest: 'web',
      peer: 'b',
      encapsulation: 'gni 1.0',
      mapping: 'red/10.0.0.6 → b',
      length: 84,
      generation: 12,
      outer: '198.18.0.1:50000 → 198.18.0.2',
    });
  });

  const cases: readonly [string, Partial<Traced>, Partial<ReturnType<typeof stepOf>>][] = [
    ['names an encapsulation by its place', { encapsulation: 1 }, { encapsulation: 'gni 3.0 +aes-256-gcm #1.2' }],
    ['keeps the index of a device that nobody knows', { device: 77 }, { device: 'device 77' }],
    ['takes no device of a guest’s namespace for one of the host', { executor: 'engine', device: 2 }, { device: '' }],
    ['names the receiver where it was delivered here', { verdict: 'delivered' }, { guest: 'web' }],
    [
      'says which source is not the guest’s',
      { verdict: 'dropped', reason: 'guest-spoofed-source' },
      { mapping: 'red/10.0.0.5 is not the guest’s own' },
    ],
    [
      'takes no missing way of the substrate for a missing prefix',
      { verdict: 'handed-over', reason: 'no-route' },
      { mapping: 'red/10.0.0.6 → b' },
    ],
    [
      'says which prefix is missing',
      { verdict: 'dropped', reason: 'no-route' },
      { mapping: 'no prefix of red holds 10.0.0.6' },
    ],
    [
      'brackets IPv6',
      { outer: { source: 'fd00::1', destination: 'fd00::2', sourcePort: 5 } },
      { outer: '[fd00::1]:5 → fd00::2' },
    ],
    [
      'names no port where there is none',
      { outer: { source: 'fd00::1', destination: 'fd00::2', sourcePort: 0 } },
      { outer: 'fd00::1 → fd00::2' },
    ],
    ['says what is waited for', { verdict: 'waiting' }, { reason: 'nothing is agreed with b yet', mapping: '' }],
    ['is on the way in at the substrate', { program: 'substrate' }, { side: 'in' }],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(stepOf({ ...event, ...change }, ends, left, devices)).toMatchObject(expected);
  });

  it('names the mapping of the source where that was refused', () => {
    const refused: Traced = { ...event, program: 'receive', verdict: 'dropped', reason: 'spoofed-inner-source' };
    expect(stepOf(refused, ends, right, devices)).toMatchObject({ mapping: 'red/10.0.0.5 → a', guest: 'db' });
  });

  it.each([
    ['10.0.0.7', 'red/10.0.0.7 → guest near'],
    ['10.0.0.8', 'red/10.0.0.8 → nowhere'],
    ['10.0.0.9', 'red/10.0.0.9 is not known here'],
  ])('says what the table holds of %s', (destination, mapping) => {
    expect(stepOf(event, { ...ends, destination }, left, devices)).toMatchObject({ mapping });
  });
});

it('devices are known by index, whatever else ip says', () => {
  expect(readDevices('[{"ifindex":2,"ifname":"eth0"},{"ifname":"x"}]')).toEqual(new Map([[2, 'eth0']]));
  expect(readDevices('nonsense')).toEqual(new Map());
  expect(readDevices('{}')).toEqual(new Map());
});
