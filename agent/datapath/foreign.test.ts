import { describe, expect, it } from 'vitest';
import { type ForeignSwitch, openForeign } from './foreign.ts';

describe('ports of foreign frameworks', () => {
  /** A machine on which some ports are taken. */
  const machine = (taken: readonly ('vxlan' | 'geneve')[]) => {
    const tried: string[] = [];
    const open = (foreign: { readonly vxlan: boolean; readonly geneve: boolean }) => {
      const names = (['vxlan', 'geneve'] as const).filter((name) => foreign[name]);
      tried.push(names.join('+') || 'none');
      const first = names.find((name) => taken.includes(name));
      if (first !== undefined) throw new Error(`${first}: EADDRINUSE`);
      return 'engine';
    };
    return { open, tried };
  };

  it.each([
    ['off', 'off', [], [], ['none'], 0],
    ['on', 'on', [], ['vxlan', 'geneve'], ['vxlan+geneve'], 0],
    ['auto', 'auto', ['geneve'], ['vxlan'], ['vxlan+geneve', 'vxlan'], 1],
    ['auto', 'on', ['vxlan'], ['geneve'], ['vxlan+geneve', 'geneve'], 1],
    ['auto', 'auto', ['vxlan', 'geneve'], [], ['vxlan+geneve', 'vxlan', 'geneve', 'none'], 2],
  ] as const)('wanted %s and %s with %j taken are %j', (vxlan, geneve, taken, bound, tries, problems) => {
    const { open, tried } = machine(taken);
    const found = openForeign({ vxlan, geneve }, open);
    expect(found.bound).toEqual(bound);
    expect(found.problems).toHaveLength(problems);
    expect(tried).toEqual(tries);
  });

  it('are named in the problem with the reason', () => {
    const { open } = machine(['geneve']);
    expect(openForeign({ vxlan: 'off', geneve: 'auto' }, open).problems).toEqual([
      'geneve is not offered, UDP port 6081 cannot be had: geneve: EADDRINUSE',
    ]);
  });

  it.each([
    ['on', 'off'],
    ['on', 'auto'],
  ] as const satisfies readonly (readonly [ForeignSwitch, ForeignSwitch])[])(
    'that must be had (%s, %s) are an error when taken',
    (vxlan, geneve) => {
      const { open } = machine(['vxlan']);
      expect(() => openForeign({ vxlan, geneve }, open)).toThrow('vxlan: EADDRINUSE');
    },
  );
});
