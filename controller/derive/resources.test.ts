import { describe, expect, it } from 'vitest';
import { noSessionTerms } from '../negotiation/sessions-guests.ts';
import type { Guest, Host } from '../state/records.ts';
import { guestBody, mappingBody, sessionBody, sized } from './resources.ts';

const host = (name: string, substrateAddresses: string[]): Host => ({
  name,
  revision: 1,
  instance: 'i',
  agentVersion: '1',
  substrateAddresses,
  udpPort: 6741,
  capabilities: { formats: [], features: [], offloads: [], executors: [], ports: [], problems: [] },
  assets: {
    kernel: '',
    operatingSystem: '',
    architecture: '',
    cpus: 1,
    cpuModel: '',
    memoryBytes: 0,
    nics: [],
    labels: {},
  },
});
const guest: Guest = {
  name: 'g',
  revision: 7,
  vpc: 'blue',
  gni: 3,
  host: 'b',
  addresses: ['10.0.0.5/24', 'fd00::5/64'],
  command: ['sleep', '1'],
  placement: 'named',
};

describe('a session’s address', () => {
  const four = ['198.18.0.2'];
  const six = ['fd00:198:18::2'];
  it.each([
    ['IPv4 between hosts that have both', ['198.18.0.1', 'fd00:198:18::1'], [...six, ...four], '198.18.0.2'],
    ['IPv6 when one has only that', ['fd00:198:18::1'], [...four, ...six], 'fd00:198:18::2'],
    ['IPv4 when one has only that', ['198.18.0.1'], [...six, ...four], '198.18.0.2'],
    ['any when there is no common one', ['198.18.0.1'], six, 'fd00:198:18::2'],
  ])('is %s', (_title, own, peer, address) => {
    const body = sessionBody(host('a', own), host('b', peer), noSessionTerms, none);
    expect(body).toMatchObject({ peer: 'b', address, udpPort: 6741, generation: 0 });
  });

  it('does not exist for a peer without addresses', () => {
    expect(sessionBody(host('a', ['198.18.0.1']), host('b', []), noSessionTerms, none)).toBeUndefined();
  });
  const none = { outgoing: undefined, incoming: undefined, none: false };
});

it('a session’s generation is that of the later of its two selections', () => {
  const selection = (revision: number) => ({ source: '', destination: '', reasons: [`r${revision}`], revision });
  const both = { outgoing: selection(5), incoming: selection(9), none: false };
  const body = sessionBody(host('a', ['198.18.0.1']), host('b', ['198.18.0.2']), noSessionTerms, both);
  expect(body).toMatchObject({ generation: 9, reasons: ['r5'] });
});

it('a version is of the content alone: 16 hexadecimal digits, equal for equal content', () => {
  const { resource, bytes } = sized(guestBody(guest));
  expect(sized(guestBody({ ...guest, placement: 'other' })).resource).toEqual(resource);
  // Deleted and made again with the same content it is another guest: its host has to begin anew.
  expect(sized(guestBody({ ...guest, revision: 99 })).resource.version).not.toBe(resource.version);
  expect(sized(guestBody({ ...guest, command: ['sleep', '2'] })).resource.version).not.toBe(resource.version);
  expect(resource.version).toMatch(/^[0-9a-f]{16}$/);
  expect(resource.name).toEqual({ type: 'guest', key: 'g' });
  expect(bytes).toBeGreaterThan(40);
});

it('a mapping names host, guest and the guest’s revision, or nothing', () => {
  const name = { gni: 3, address: '10.0.0.5' };
  expect(mappingBody(name, guest)).toEqual({ type: 'mapping', ...name, host: 'b', guest: 'g', version: 7 });
  expect(mappingBody(name, undefined)).toEqual({
    type: 'mapping',
    ...name,
    host: undefined,
    guest: undefined,
    version: 0,
  });
});

describe('a session’s keys', () => {
  const key = (epoch: number) => ({ epoch, publicKey: `public ${epoch}`, signature: `signature ${epoch}` });
  const peer = { ...host('b', ['198.18.0.2']), keys: { identity: 'who b is', epochs: [key(9), key(8), key(7)] } };
  const decided = { outgoing: undefined, incoming: undefined, none: false };

  it('are the peer’s that its texts name, as receiver of what is sent and as sender of what is accepted', () => {
    const pair = { gni: 3, own: '10.0.0.1', theirs: '10.0.0.2', send: undefined, none: false };
    const terms = {
      send: 'gni 3.0 +aes-256-gcm #7.9',
      accept: ['gni 1.1'],
      pairs: new Map([['', { ...pair, accept: ['gni 3.0 +aes-256-gcm #8.1'] }]]),
    };
    expect(sessionBody(host('a', ['198.18.0.1']), peer, terms, decided)).toMatchObject({
      peerIdentity: 'who b is',
      peerKeys: [key(9), key(8)],
      pairs: [{ own: '10.0.0.1', accept: ['gni 3.0 +aes-256-gcm #8.1'] }],
    });
  });

  it('are none where no text names one', () => {
    const terms = { ...noSessionTerms, send: 'gni 1.1' };
    expect(sessionBody(host('a', ['198.18.0.1']), peer, terms, decided)).toMatchObject({
      peerIdentity: '',
      peerKeys: [],
    });
  });
});

describe('the peer’s prefix for gni6', () => {
  const b = host('b', ['fd18::2']);
  const peer = { ...b, capabilities: { ...b.capabilities, gni6Prefix: 'fd06:0:0:2::/64' } };
  const decided = { outgoing: undefined, incoming: undefined, none: false };
  const body = (accept: string[]) =>
    sessionBody(host('a', ['fd18::1']), peer, { ...noSessionTerms, send: 'gni 1.1', accept }, decided);

  it('is told where a text is gni6, and only there', () => {
    expect(body(['gni 1.1', 'gni6'])).toMatchObject({ peerGni6Prefix: 'fd06:0:0:2::/64' });
    expect(body(['gni 1.1'])).not.toHaveProperty('peerGni6Prefix');
  });
});
