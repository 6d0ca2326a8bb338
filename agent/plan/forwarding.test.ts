import { describe, expect, it } from 'vitest';
import { plainSession, type ResourceBody, resourceName } from '../../wire/control.ts';
import { Desired } from '../state/desired.ts';
import {
  commitForwarding,
  emptyTable,
  epochsInForce,
  type ForwardingFacts,
  isEmpty,
  planForwarding,
  planRetirement,
  touchAll,
} from './forwarding.ts';

const red: ResourceBody = { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] };
const web: ResourceBody = {
  type: 'guest',
  name: 'web',
  gni: 7,
  addresses: ['10.0.0.5/24', 'fd00::5/64'],
  command: [],
  incarnation: 1,
};
const session: ResourceBody = {
  type: 'session',
  peer: 'b',
  address: '198.18.0.2',
  udpPort: 6741,
  send: 'gni 1.1',
  accept: ['gni 1.1'],
  generation: 1,
  reasons: [],
  ...plainSession,
};
const mapping = (address: string, host: string | undefined): ResourceBody => ({
  type: 'mapping',
  gni: 7,
  address,
  host,
  guest: undefined,
  version: 1,
});

function desiredOf(...bodies: readonly ResourceBody[]): Desired {
  const desired = new Desired();
  for (const body of bodies) desired.set({ name: resourceName(body), version: 'v', body });
  return desired;
}

const facts: ForwardingFacts = {
  host: 'a',
  portReady: () => true,
  pathMtu: () => 1500,
  udpGso: () => true,
  usable: () => true,
  reachable: () => true,
};

describe('the forwarding plan', () => {
  it('puts what belongs together into one change', () => {
    const desired = desiredOf(red, web, session, mapping('10.0.0.9', 'b'), mapping('10.0.0.10', undefined));
    const table = emptyTable();
    expect(planForwarding(touchAll(desired, table), desired, facts, table)).toEqual({
      removeNetworks: [],
      removePorts: [],
      removePeers: [],
      removeMappings: [],
      removeKeys: [],
      keys: [],
      networks: [{ gni: 7, prefixes: ['10.0.0.0/24'] }],
      ports: [{ guest: 'web', gni: 7, addresses: ['10.0.0.5', 'fd00::5'] }],
      peers: [
        {
          ...{ host: 'b', address: '198.18.0.2', encapsulations: [{ text: 'gni 1.1' }], send: 0, accept: [0] },
          ...{ pairs: [], keys: [], pathMtu: 1500, udpGso: true },
        },
      ],
      mappings: [
        { gni: 7, address: '10.0.0.9', host: 'b' },
        { gni: 7, address: '10.0.0.10', host: undefined },
      ],
    });
  });

  it('gives the engine no peer of a family that it has no socket for', () => {
    const desired = desiredOf({ ...session, address: 'fd00::2', send: undefined, accept: [] });
    const table = emptyTable();
    const unreachable = { ...facts, reachable: () => false };
    expect(planForwarding(touchAll(desired, table), desired, unreachable, table).peers).toEqual([]);
    expect(planForwarding(touchAll(desired, table), desired, facts, table).peers).toHaveLength(1);
  });

  it('plans nothing once it is in force', () => {
    const desired = desiredOf(red, web, session, mapping('10.0.0.9', 'b'));
    const table = emptyTable();
    commitForwarding(planForwarding(touchAll(desired, table), desired, facts, table), table);
    expect(isEmpty(planForwarding(touchAll(desired, table), desired, facts, table))).toBe(true);
  });

  it('removes what is no longer desired', () => {
    const table = emptyTable();
    const before = desiredOf(red, web, session, mapping('10.0.0.9', 'b'));
    commitForwarding(planForwarding(touchAll(before, table), before, facts, table), table);
    const after = desiredOf();
    const delta = planForwarding(touchAll(after, table), after, facts, table);
    expect(delta).toMatchObject({ removeNetworks: [7], removePorts: ['web'], removePeers: ['b'] });
    expect(delta.removeMappings).toEqual([{ gni: 7, address: '10.0.0.9' }]);
    commitForwarding(delta, table);
    expect(table).toEqual(emptyTable());
  });

  it('holds a mapping back until there is a session with its host, and takes it out with the session', () => {
    const desired = desiredOf(red, mapping('10.0.0.9', 'b'));
    const table = emptyTable();
    const touch = (sessions: string[]) => ({ networks: [], guests: [], sessions, mappings: [] });
    expect(isEmpty(planForwarding({ ...touch([]), mappings: ['7/10.0.0.9'] }, desired, facts, table))).toBe(true);

    desired.set({ name: resourceName(session), version: 'v', body: session });
    const came = planForwarding(touch(['b']), desired, facts, table);
    expect(came.mappings).toEqual([{ gni: 7, address: '10.0.0.9', host: 'b' }]);
    commitForwarding(came, table);

    desired.remove(resourceName(session));
    const went = planForwarding(touch(['b']), desired, facts, table);
    expect(went).toMatchObject({ removePeers: ['b'], removeMappings: [{ gni: 7, address: '10.0.0.9' }] });
  });

  it('leaves mappings to this very host out: local ports win', () => {
    const desired = desiredOf(red, mapping('10.0.0.5', 'a'));
    expect(planForwarding(touchAll(desired, emptyTable()), desired, facts, emptyTable()).mappings).toEqual([]);
  });

  it('leaves a port out until it is open', () => {
    const desired = desiredOf(red, web);
    const closed = { ...facts, portReady: () => false };
    expect(planForwarding(touchAll(desired, emptyTable()), desired, closed, emptyTable()).ports).toEqual([]);
  });

  it('changes a peer whose path got narrower, and nothing else', () => {
    const desired = desiredOf(red, session, mapping('10.0.0.9', 'b'));
    const table = emptyTable();
    commitForwarding(planForwarding(touchAll(desired, table), desired, facts, table), table);
    const narrower = { ...facts, pathMtu: () => 1400 };
    const delta = planForwarding(touchAll(desired, table), desired, narrower, table);
    expect(delta.peers.map(({ pathMtu }) => pathMtu)).toEqual([1400]);
    expect(isEmpty({ ...delta, peers: [] })).toBe(true);
  });

  it('follows a mapping that moves from one host to another', () => {
    const other: ResourceBody = { ...session, peer: 'c', address: '198.18.0.3' };
    const desired = desiredOf(red, session, other, mapping('10.0.0.9', 'b'));
    const table = emptyTable();
    commitForwarding(planForwarding(touchAll(desired, table), desired, facts, table), table);
    const moved = mapping('10.0.0.9', 'c');
    desired.set({ name: resourceName(moved), version: 'w', body: moved });
    expect([...desired.mappingsOn('b')]).toEqual([]);
    const delta = planForwarding(
      { networks: [], guests: [], sessions: [], mappings: ['7/10.0.0.9'] },
      desired,
      facts,
      table,
    );
    expect(delta.mappings).toEqual([{ gni: 7, address: '10.0.0.9', host: 'c' }]);
    expect(delta.removeMappings).toEqual([]);
  });

  const sealed = (source: number, destination: number) => `gni 3.0 +aes-256-gcm #${source}.${destination}`;
  const keyed: ResourceBody = {
    ...session,
    send: sealed(1, 7),
    accept: ['gni 1.1', sealed(7, 1)],
    peerKeys: [{ epoch: 7, publicKey: 'p', signature: 's' }],
  };

  it('gives keys to the engine once, whatever happens to sessions, until their epoch is over', () => {
    const table = emptyTable();
    const apply = (...bodies: readonly ResourceBody[]) => {
      const desired = desiredOf(red, ...bodies);
      const delta = planForwarding(touchAll(desired, table), desired, facts, table);
      commitForwarding(delta, table);
      return delta.keys.map(({ use, own, theirs }) => `${use} ${own} ${theirs}`);
    };
    expect(apply(keyed)).toEqual(['seal 1 7', 'open 1 7']);
    expect([...epochsInForce(table)]).toEqual([1]);
    expect(apply(session)).toEqual([]);
    expect(apply()).toEqual([]);
    expect([...epochsInForce(table)]).toEqual([]);
    expect(apply(keyed)).toEqual([]);
    apply(session);
    expect(planRetirement(2, table).removeKeys).toEqual([]);
    const over = planRetirement(1, table);
    expect(over.removeKeys).toHaveLength(2);
    commitForwarding(over, table);
    expect(table.keys.size).toBe(0);
  });

  it('leaves out what cannot be used now, and what remains keeps its place', () => {
    const desired = desiredOf(keyed);
    const withoutKeys = { ...facts, usable: (_: unknown, text: string) => !text.includes('#') };
    const [peer] = planForwarding(touchAll(desired, emptyTable()), desired, withoutKeys, emptyTable()).peers;
    expect(peer).toMatchObject({ encapsulations: [{ text: 'gni 1.1' }], send: undefined, accept: [0], keys: [] });
  });

  it('gives pairs of guests their own terms, naming each encapsulation once', () => {
    const pair = { gni: 7, own: '10.0.0.5', theirs: '10.0.0.9' };
    const desired = desiredOf({
      ...session,
      pairs: [
        { ...pair, send: 'gni 2.0 +lz4', accept: ['gni 1.1', 'gni 2.0 +lz4'], none: false },
        { ...pair, theirs: '10.0.0.8', send: undefined, accept: [], none: true },
      ],
    });
    const [peer] = planForwarding(touchAll(desired, emptyTable()), desired, facts, emptyTable()).peers;
    expect(peer).toMatchObject({
      encapsulations: [{ text: 'gni 1.1' }, { text: 'gni 2.0 +lz4' }],
      send: 0,
      pairs: [
        { ...pair, send: 1, accept: [0, 1] },
        { theirs: '10.0.0.8', send: 'none', accept: [] },
      ],
    });
  });
});
