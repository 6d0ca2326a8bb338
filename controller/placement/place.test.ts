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

describe('what a guest requires and desires', () => {
  const plain = host('plain', { capabilities: ['gni 1.0'] });
  const checked = host('checked', { capabilities: ['gni 1.0', 'gni 1.1', 'integrity'], guests: 5 });
  const best = host('best', { capabilities: ['gni 1.1', 'gni 2.0', 'integrity', 'compression'], guests: 9 });
  const all = [plain, checked, best];
  const cases: [
    title: string,
    hosts: HostFacts[],
    wanted: { require?: string[]; desire?: string[]; host?: string },
    outcome: string,
  ][] = [
    ['nothing: the least loaded', all, {}, 'plain'],
    ['required: the least loaded that has it', all, { require: ['integrity'] }, 'checked'],
    [
      'required and desired: one that has both, however loaded',
      all,
      { require: ['integrity'], desire: ['compression'] },
      'best',
    ],
    [
      'desired that none has: one with the required',
      [plain, checked],
      { require: ['integrity'], desire: ['compression'] },
      'checked',
    ],
    [
      'desired that only a host without the required has',
      [plain, checked],
      { require: ['integrity'], desire: ['gni 1.0'] },
      'checked',
    ],
    ['desired only', all, { desire: ['compression'] }, 'best'],
    ['desired, more of it on one', all, { desire: ['integrity', 'gni 2.0'] }, 'best'],
    ['any version of a framework', [host('x', { capabilities: ['other 1'] }), best], { require: ['gni *'] }, 'best'],
    ['any cipher', [plain, host('x', { capabilities: ['aes-256-gcm'], guests: 2 })], { require: ['encryption'] }, 'x'],
    ['required on a named host that has it', all, { host: 'best', require: ['compression'] }, 'best'],
    [
      'required that none has: refused, and named',
      [plain, checked],
      { require: ['integrity', 'encryption'] },
      "no host for guest 'g': plain does not have integrity, encryption; checked does not have encryption",
    ],
    [
      'required on a host that is away: refused',
      [plain, { ...checked, connected: false }],
      { require: ['integrity'] },
      "no host for guest 'g': plain does not have integrity; checked is not connected",
    ],
    [
      'required on a named host that lacks it: refused, and named',
      all,
      { host: 'plain', require: ['gni 1.0', 'integrity'] },
      "host 'plain' cannot take guest 'g': does not have integrity",
    ],
  ];
  it.each(cases)('%s', (_title, hosts, { host: named, ...wanted }, outcome) => {
    const decision = placeOnLeastLoaded({ guest: 'g', host: named, ...wanted }, { hosts });
    expect(decision.ok ? decision.host : decision.message).toBe(outcome);
  });

  it('is said in the reason', () => {
    const reason = (hosts: HostFacts[]) => {
      const decision = placeOnLeastLoaded(
        { guest: 'g', host: undefined, require: ['integrity'], desire: ['compression'] },
        { hosts },
      );
      return decision.ok ? decision.reason : '';
    };
    expect(reason(all)).toBe('least loaded of 2 connected hosts that have integrity (9 guests on 4 CPUs)');
    expect(reason([plain, checked])).toBe(
      'least loaded of 1 connected hosts that have integrity (5 guests on 4 CPUs; without the desired compression, which none of them has more of)',
    );
  });
});

describe('the port that a guest asks for', () => {
  const fast = host('fast', { ports: ['tun', 'veth', 'tap'], guests: 9 });
  const slow = host('slow', { problems: ['fast path: this kernel has no BPF'] });
  const veth = (hosts: HostFacts[], named?: string) => {
    const decision = placeOnLeastLoaded({ guest: 'g', host: named, port: 'veth' }, { hosts });
    return decision.ok ? decision.reason : decision.message;
  };

  it('is looked for before anything else', () => {
    expect(veth([slow, fast])).toBe('least loaded of 1 connected hosts that have veth ports (9 guests on 4 CPUs)');
    expect(veth([slow, fast], 'fast')).toBe('named');
  });

  it('is refused where it cannot be had, with the host’s own words', () => {
    const why = 'has no veth ports (fast path: this kernel has no BPF)';
    expect(veth([slow, host('old')])).toBe(`no host for guest 'g': slow ${why}; old has no veth ports`);
    expect(veth([slow, fast], 'slow')).toBe(`host 'slow' cannot take guest 'g': ${why}`);
    expect(veth([{ ...slow, connected: false }], 'slow')).toBe(`host 'slow' cannot take guest 'g': ${why}`);
  });
});

describe('the guests of one customer', () => {
  const inRack = (name: string, rack: string | undefined, guests: number, customerGuests: number) =>
    host(name, { rack, guests, customerGuests });
  const cases: [title: string, hosts: HostFacts[], chosen: string][] = [
    ['go to the rack with the fewest of them', [inRack('a', 'r1', 1, 1), inRack('b', 'r2', 3, 0)], 'b'],
    [
      'are counted over all hosts of a rack',
      [inRack('a', 'r1', 0, 0), inRack('b', 'r1', 2, 2), inRack('c', 'r2', 1, 1)],
      'c',
    ],
    ['go to the least loaded host of equal racks', [inRack('a', 'r1', 2, 1), inRack('b', 'r2', 1, 1)], 'b'],
    [
      'count on hosts that are away too',
      [
        inRack('a', 'r1', 0, 0),
        host('b', { connected: false, rack: 'r1', customerGuests: 1 }),
        inRack('c', 'r2', 9, 0),
      ],
      'c',
    ],
    ['go by load where no rack is known', [inRack('a', undefined, 2, 0), inRack('b', undefined, 1, 1)], 'b'],
  ];
  it.each(cases)('%s', (_title, hosts, chosen) => {
    expect(place(hosts)).toMatchObject({ ok: true, host: chosen });
  });

  it('spread one after the other', () => {
    const hosts = [inRack('a', 'r1', 0, 0), inRack('b', 'r2', 0, 0), inRack('c', 'r3', 0, 0), inRack('d', 'r3', 0, 0)];
    const placed = Array.from({ length: 6 }, () => {
      const decision = place(hosts);
      if (!decision.ok) throw new Error(decision.message);
      const at = hosts.findIndex(({ name }) => name === decision.host);
      const chosen = hosts[at] ?? host('none');
      hosts[at] = { ...chosen, guests: chosen.guests + 1, customerGuests: (chosen.customerGuests ?? 0) + 1 };
      return decision.host;
    });
    expect(placed).toEqual(['a', 'b', 'c', 'd', 'a', 'b']);
  });
});
