/** Opens the data plane with the UDP ports of foreign frameworks that the operator wants and the machine leaves free. */
import type { EngineOptions } from '../../native/index.ts';
import { ports } from '../../wire/limits.ts';

export type ForeignSwitch = 'auto' | 'on' | 'off';
export type ForeignWish = Readonly<Record<keyof EngineOptions['foreign'], ForeignSwitch>>;

export interface Opened<T> {
  readonly value: T;
  readonly bound: readonly (keyof EngineOptions['foreign'])[];
  /** One sentence per framework that is wanted if possible, and is not. */
  readonly problems: readonly string[];
}

/**
 * `open` throws when a port is taken, whichever: what is only wanted if possible is left out until it does not.
 * Throws what the last attempt threw.
 */
export function openForeign<T>(wish: ForeignWish, open: (foreign: EngineOptions['foreign']) => T): Opened<T> {
  const wanted = { vxlan: wish.vxlan !== 'off', geneve: wish.geneve !== 'off' };
  const without = {
    vxlan: { ...wanted, vxlan: wish.vxlan === 'on' },
    geneve: { ...wanted, geneve: wish.geneve === 'on' },
  };
  const least = { vxlan: wish.vxlan === 'on', geneve: wish.geneve === 'on' };
  const attempts = [wanted, without.geneve, without.vxlan, least].filter(isNew);
  let firstError: Error | undefined;
  for (const [i, foreign] of attempts.entries()) {
    try {
      return opened(open(foreign), foreign, { wanted, error: firstError });
    } catch (error) {
      firstError ??= error as Error;
      if (i === attempts.length - 1) throw error;
    }
  }
  throw new Error('no attempt was made to open the data plane');
}

function opened<T>(
  value: T,
  foreign: EngineOptions['foreign'],
  { wanted, error }: { readonly wanted: EngineOptions['foreign']; readonly error: Error | undefined },
): Opened<T> {
  const names = ['vxlan', 'geneve'] as const;
  return {
    value,
    bound: names.filter((name) => foreign[name]),
    problems: names
      .filter((name) => wanted[name] && !foreign[name])
      .map((name) => `${name} is not offered, UDP port ${ports[name]} cannot be had: ${error?.message ?? ''}`),
  };
}

function isNew(each: EngineOptions['foreign'], i: number, all: readonly EngineOptions['foreign'][]): boolean {
  return all.findIndex(({ vxlan, geneve }) => vxlan === each.vxlan && geneve === each.geneve) === i;
}
