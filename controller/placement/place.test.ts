import { describe, expect, it } from 'vitest';
import { type HostFacts, placeOnLeastLoaded } from './place.ts';

const host = (name: string, facts: Partial<HostFacts> = {}): HostFacts => ({
  name,
  connected: true,
  cpus: 4,
  guests: 0,
  ports: ['tun'],
  problems: [],
  ...facts,
});
const place = (hosts: HostFacts[], wanted?: string) => placeOnLeastLoaded({ guest: 'g', host: wanted }, { hosts });

describe('a guest', () => {
  it('goes to the named host, connected or not', () => {
    expect(place([host('a'), host('b', { guests: 99 })], 'b')).toEqual({ ok: true, host: 'b', reason: 'named' });
    expect(place([host('a', { connected: false })], 'a')).toMatchObject({ ok: true, host: 'a' });
  });

  it('goes to the connected host with the fewest guests per CPU', () => {
    const hosts = [host('a', { guests: 4 }), host('b', { guests: 6, cpus: 8 }), host('c', { connected: false })];
    expect(place(hosts)).toEqual({
      ok: true,
      host: 'b',
      reason: 'least loaded of 2 connected hosts (6 guests on 8 CPUs)',
    });
  });

  it('goes to the first by name of those that are equal', () => {
    expect(place([host('c'), host('a'), host('b')])).toMatchObject({ host: 'a' });
    expect(place([host('c'), host('b', { guests: 1 }), host('d')])).toMatchObject({ host: 'c' });
  });

  it('does not go to a host without ports', () => {
    const broken = host('a', { ports: [], problems: ['no /dev/net/tun'] });
    expect(place([broken, host('b', { guests: 50 })])).toMatchObject({ host: 'b' });
    expect(place([broken])).toEqual({
      ok: false,
      code: 'no-host',
      message: "no host for guest 'g': a has no ports (no /dev/net/tun)",
    });
    expect(place([broken], 'a')).toMatchObject({ ok: false, code: 'no-host' });
  });

  it('goes nowhere when there is no host, with what to do', () => {
    expect(place([])).toEqual({
      ok: false,
      code: 'no-host',
      message: "no host for guest 'g': none has ever connected, start an agent",
    });
    expect(place([host('a', { connected: false })])).toMatchObject({
      message: "no host for guest 'g': a is not connected",
    });
    expect(place([host('a'), host('b')], 'x')).toEqual({
      ok: false,
      code: 'unknown',
      message: "host 'x' is not known (known are a, b): start its agent first",
    });
  });
});
