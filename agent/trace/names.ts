/** What this host calls what it holds: guests, peers, networks, and what is agreed with peers. */
import { mappingKey } from '../../wire/control.ts';
import type { HostState } from '../apply/host.ts';
import type { DataPath } from '../datapath/datapath.ts';
import type { StateStore } from '../state/store.ts';
import type { Names } from './steps.ts';

export function namesOf(
  datapath: Pick<DataPath, 'guestAtPort' | 'peerAt' | 'executorOf'>,
  host: Pick<HostState, 'table' | 'inForce'>,
  { desired }: Pick<StateStore, 'desired'>,
): Names {
  const { table } = host;
  return {
    guestAtPort: (slot) => datapath.guestAtPort(slot),
    peerAt: (slot) => datapath.peerAt(slot),
    encapsulation: (peer, place) => table.peers.get(peer)?.encapsulations[place]?.text,
    accepted: (peer, gni, own, theirs) => {
      const terms = host.inForce(peer);
      const pair = terms?.pairs.find((each) => each.gni === gni && each.own === own && each.theirs === theirs);
      return (pair ?? terms)?.accept ?? [];
    },
    network: (gni) => desired.networks.get(String(gni))?.body.name,
    guestAt: (gni, address) => {
      for (const port of table.ports.values()) {
        if (port.gni === gni && port.addresses.includes(address)) return port.guest;
      }
      return undefined;
    },
    mapping: (gni, address) => table.mappings.get(mappingKey({ gni, address })),
    executorOf: (guest) => datapath.executorOf(guest),
  };
}
