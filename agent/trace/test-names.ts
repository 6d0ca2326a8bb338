/** For tests: what two hosts call what they hold. */
import type { Names } from './steps.ts';

export const ends = { gni: 7, source: '10.0.0.5', destination: '10.0.0.6' };
/** The source's host: guest web is here, 10.0.0.6 at host b. */
export const left: Names = {
  guestAtPort: (slot) => (slot === 3 ? 'web' : undefined),
  peerAt: (slot) => (slot === 1 ? 'b' : undefined),
  encapsulation: (peer, place) => (peer === 'b' ? ['gni 1.0', 'gni 3.0 +aes-256-gcm #1.2'][place] : undefined),
  accepted: () => [],
  network: () => 'red',
  guestAt: (_, address) => ({ '10.0.0.5': 'web', '10.0.0.7': 'near' })[address],
  mapping: (gni, address) =>
    ({ '10.0.0.6': { gni, address, host: 'b' }, '10.0.0.8': { gni, address, host: undefined } })[address],
  executorOf: () => 'tc',
};
/** The destination's. */
export const right: Names = {
  ...left,
  accepted: () => ['gni 1.0', 'gni 3.0 +aes-256-gcm #1.2'],
  guestAt: (_, address) => (address === '10.0.0.6' ? 'db' : undefined),
  mapping: (gni, address) => (address === '10.0.0.5' ? { gni, address, host: 'a' } : undefined),
};
