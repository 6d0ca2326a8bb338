/** What the data plane tells, to those whom it concerns. */
import type { DataPathEvent } from './datapath/datapath.ts';
import type { Journal } from './journal.ts';
import type { Subscriptions } from './mappings/subscriptions.ts';
import type { Peers } from './peers.ts';
import type { Traces } from './trace/traces.ts';

export interface DataPathListeners {
  readonly subscriptions: Pick<Subscriptions, 'miss'>;
  readonly peers: Pick<Peers, 'tested'>;
  readonly traces: Pick<Traces, 'seen'>;
  readonly journal: Pick<Journal, 'event' | 'error'>;
  /** What the data plane can do is no longer what it was. */
  readonly offersChanged: () => void;
  /** `where`: as the event says it. */
  readonly portFailed: (where: string) => void;
}

export function hearDataPath(event: DataPathEvent, listeners: DataPathListeners): void {
  const { subscriptions, peers, traces, journal, offersChanged, portFailed } = listeners;
  switch (event.kind) {
    case 'miss':
      subscriptions.miss({ gni: event.gni, address: event.address });
      break;
    case 'offload-off':
      journal.event('offload-off', `${event.offload}: ${event.reason}`, { reason: event.reason });
      journal.error('offload', `${event.offload} is switched off: ${event.reason}`);
      offersChanged();
      break;
    case 'tested':
      peers.tested(event.peer, event.id, event.intact);
      break;
    case 'traced':
      traces.seen(event);
      break;
    case 'fault':
      journal.event('engine-fault', `${event.where}: ${event.reason}`, { reason: event.reason });
      journal.error(event.where, event.reason);
      portFailed(event.where);
      break;
    case 'full':
      tableIsFull(event, journal);
      break;
  }
}

function tableIsFull(
  { table, entries, most, nearly }: Extract<DataPathEvent, { readonly kind: 'full' }>,
  journal: DataPathListeners['journal'],
): void {
  const what = nearly ? 'is nearly full' : 'is full: the engine carries what is not in it';
  const detail = `the fast path's table '${table}' ${what}, ${entries} of ${most}; see key 'fastPath'`;
  journal.event('fast-path-full', detail);
  journal.error('fast path', detail);
}
