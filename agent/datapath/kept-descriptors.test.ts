import { beforeEach, expect, it } from 'vitest';
import { DataPath } from './datapath.ts';
import { engineOptions, FakeNative } from './fake.ts';
import { type DescriptorStore, KeptDescriptors, portName, socketsName } from './kept-descriptors.ts';

/** A service manager's store: what it would hand over to the next process. */
class FakeStore implements DescriptorStore {
  readonly held = new Map<string, number[]>();

  store(name: string, descriptors: readonly number[]): void {
    this.held.set(name, [...(this.held.get(name) ?? []), ...descriptors]);
  }

  remove(name: string): void {
    this.held.delete(name);
  }
}

let store: FakeStore;
let native: FakeNative;
beforeEach(() => {
  store = new FakeStore();
  native = new FakeNative();
});

function open(inherited: Readonly<Record<string, readonly number[]>> = {}): DataPath {
  for (const [name, descriptors] of Object.entries(inherited)) store.store(name, descriptors);
  const all = Object.entries(inherited).flatMap(([name, fds]) => fds.map((fd) => ({ name, fd })));
  const failed = () => {
    throw new Error('no keys here');
  };
  return new DataPath(native, engineOptions, () => undefined, failed, new KeptDescriptors(store, all));
}

const request = { netnsPath: '/run/netns/weft-web', interfaceName: 'weft0', mtu: 1400 };
const portOf = (guest: string) => [portName(guest)] as const;

it('gives sockets and ports away to be kept, under names that are short and no other guest’s', () => {
  const path = open();
  path.openPort('web', request);
  path.openPort('a-guest-with-a-name-that-is-as-long-as-the-name-of-a-guest-may-be', request);
  expect([...store.held.values()]).toEqual([[90, 91], [100], [101]]);
  expect([...store.held.keys()].filter((name) => name.length > 11)).toEqual([]);
});

it('gives the engine all that a former process left, which reads nothing before it is told to', () => {
  const path = open({ [socketsName]: [3, 4], [portName('web')]: [5], strange: [6] });
  expect(native.options).toMatchObject({ inherited: [3, 4, 5, 6], paused: true });
  expect(native.reading).toBe(false);
  path.begin();
  expect(native.reading).toBe(true);
});

it('closes what a former process left and nobody uses, and keeps what a guest that is to come back may use', () => {
  const path = open({ [socketsName]: [3, 90], [portName('web')]: [5], [portName('gone')]: [6], strange: [7] });
  // Of the sockets, those that the engine uses are its own by now: it does not close them.
  expect(native.closedDescriptors.splice(0)).toEqual([3, 90]);
  path.settle(['web']);
  expect(native.closedDescriptors.sort()).toEqual([6, 7]);
  expect([...store.held.keys()]).toEqual([portName('web'), socketsName]);
});

it('keeps the port of a guest that is closed for a while, and not of one that is removed', () => {
  const path = open();
  path.openPort('web', request);
  path.closePort('web', 'keep');
  expect(store.held.has(...portOf('web'))).toBe(true);
  path.closePort('web', 'remove');
  expect(store.held.has(...portOf('web'))).toBe(false);
  expect(native.closedDescriptors).toContain(100);
});

it('keeps nothing of a port that cannot be opened', () => {
  const path = open({ [portName('web')]: [5] });
  native.refuse = () => 'no such namespace';
  expect(() => path.openPort('web', request)).toThrow('no such namespace');
  expect(store.held.has(...portOf('web'))).toBe(false);
  expect(native.closedDescriptors).toContain(5);
});

it('keeps what a port has now, and no longer what it had', () => {
  const path = open({ [portName('web')]: [5, 6, 7] });
  path.openPort('web', request);
  expect(store.held.get(...portOf('web'))).toEqual([100]);
});

it('takes nothing out of the store that is to stay there', () => {
  const kept = new KeptDescriptors(store, [{ name: socketsName, fd: 3 }]);
  store.store(socketsName, [3]);
  store.remove = () => expect.unreachable('it would be nowhere until it is stored again');
  expect(kept.put(socketsName, [3])).toEqual([]);
  expect(kept.dropUnused(new Set())).toEqual([]);
  expect(store.held.get(socketsName)).toEqual([3]);
});

it('gives an engine that could not be made all of it once more', () => {
  store.store('strange', [6]);
  const kept = new KeptDescriptors(store, [{ name: 'strange', fd: 6 }]);
  expect(kept.inherited()).toEqual([6]);
  expect(kept.inherited()).toEqual([6]);
});
