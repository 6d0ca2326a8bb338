/** What a controller of a test tells: one network, a guest in it, and a session with host b. */
import { plainSession, type ResourceBody } from '../wire/control.ts';

export const red: ResourceBody = { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] };

export const web: ResourceBody = {
  ...{ type: 'guest', name: 'web', gni: 7, addresses: ['10.0.0.5/24'] },
  ...{ command: [], incarnation: 1 },
};

export const sessionWithB: ResourceBody = {
  ...{ type: 'session', peer: 'b', address: '198.18.0.2', udpPort: 6741, generation: 1 },
  ...{ send: 'gni 1.1', accept: ['gni 1.1'], reasons: [] },
  ...plainSession,
};
