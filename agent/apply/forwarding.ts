/** Carries a forwarding delta out: all at once; if a value is refused, one by one, so that only that one is left out. */
import type { Refusal, ResourceName } from '../../wire/control.ts';
import { mappingKey } from '../../wire/control.ts';
import type { DataPath } from '../datapath/datapath.ts';
import {
  commitForwarding,
  emptyDelta,
  type ForwardingDelta,
  type ForwardingTable,
  isEmpty,
  type MappingEntry,
  revertForwarding,
} from '../plan/forwarding.ts';
import { type KeyEntry, keyName, type PeerEntry } from '../plan/peer.ts';

/** Changes `table` to what is in force afterwards. */
export function applyForwarding(
  delta: ForwardingDelta,
  table: ForwardingTable,
  datapath: Pick<DataPath, 'apply'>,
): Refusal[] {
  if (isEmpty(delta)) return [];
  try {
    datapath.apply(delta, () => revertForwarding(delta, table));
    commitForwarding(delta, table);
    return [];
  } catch {
    return single(delta).flatMap(({ name, part }) => {
      try {
        datapath.apply(part, () => revertForwarding(part, table));
        commitForwarding(part, table);
        return [];
      } catch (error) {
        return [{ name, reason: `the data plane refuses it: ${(error as Error).message}` }];
      }
    });
  }
}

interface Single {
  readonly name: ResourceName;
  readonly part: ForwardingDelta;
}

/** In an order in which what is referred to comes before what refers to it, and goes after it. */
function single(delta: ForwardingDelta): Single[] {
  const mapping = ({ gni, address }: Pick<MappingEntry, 'gni' | 'address'>): ResourceName => ({
    type: 'mapping',
    key: mappingKey({ gni, address }),
  });
  return [
    ...delta.removeMappings.map((each) => ({ name: mapping(each), part: { ...emptyDelta, removeMappings: [each] } })),
    ...delta.removePorts.map((guest) => part('guest', guest, { removePorts: [guest] })),
    ...delta.removePeers.map((peer) => part('session', peer, { removePeers: [peer] })),
    ...delta.removeNetworks.map((gni) => part('network', String(gni), { removeNetworks: [gni] })),
    ...delta.networks.map((each) => part('network', String(each.gni), { networks: [each] })),
    ...delta.peers.map((each) => part('session', each.host, { keys: keysOf(each, delta), peers: [each] })),
    ...delta.ports.map((each) => part('guest', each.guest, { ports: [each] })),
    ...(delta.removeKeys.length === 0 ? [] : [part('session', '', { removeKeys: delta.removeKeys })]),
    ...delta.mappings.map((each) => ({ name: mapping(each), part: { ...emptyDelta, mappings: [each] } })),
  ];
}

/** New ones that the peer's encapsulations name; no two peers share one. */
function keysOf({ keys }: PeerEntry, delta: ForwardingDelta): KeyEntry[] {
  const names = new Set(keys.map(keyName));
  return delta.keys.filter((key) => names.has(keyName(key)));
}

function part(type: ResourceName['type'], key: string, change: Partial<ForwardingDelta>): Single {
  return { name: { type, key }, part: { ...emptyDelta, ...change } };
}
