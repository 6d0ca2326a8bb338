import { describe, expect, it } from 'vitest';
import type { PortKind } from '../../wire/control.ts';
import { choosePort } from './port.ts';

const why = 'BPF programs cannot be loaded: EPERM';
const choose = (port: PortKind | undefined, found?: PortKind, noFastPath?: string, command: readonly string[] = []) =>
  choosePort({ ...(port && { port }), command }, { found, noFastPath });

describe('the choice of a port', () => {
  it.each<[string, PortKind, PortKind | undefined, PortKind | undefined, string | undefined]>([
    ['is what is asked for', 'tun', 'tun', undefined, undefined],
    ['is what is asked for, though the guest has another', 'tun', 'tun', 'veth', undefined],
    ['is a tap where one is asked for', 'tap', 'tap', undefined, undefined],
    ['is a veth where there is a fast path', 'veth', undefined, undefined, undefined],
    ['leaves a guest its tun', 'tun', undefined, 'tun', undefined],
    ['leaves a guest its veth', 'veth', undefined, 'veth', undefined],
    ['is no tap that nobody asks for', 'veth', undefined, 'tap', undefined],
    ['is a tun without a fast path', 'tun', undefined, undefined, why],
    ['is a tun where the fast path is gone', 'tun', undefined, 'veth', why],
  ])('%s', (_, chosen, wanted, found, noFastPath) => {
    expect(choose(wanted, found, noFastPath)).toBe(chosen);
  });

  it.each(['veth', 'tap'] as const)('refuses a %s without a fast path, and says why', (port) => {
    expect(() => choose(port, undefined, why)).toThrow(
      `a ${port} port needs the fast path, and this host has none: ${why}`,
    );
  });

  it('refuses a command in a guest that has no namespace', () => {
    expect(() => choose('tap', undefined, undefined, ['serve'])).toThrow('has no namespace for its command');
  });
});
