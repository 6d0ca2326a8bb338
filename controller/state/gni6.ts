/** Prefixes of gni6: packets name hosts by nothing else, so no two hosts may have the same. Pure. */
import type { Capabilities } from '../../wire/control.ts';
import { formatOf } from '../../wire/encapsulation.ts';
import type { Host } from './records.ts';

/** As the host describes itself; without gni6, and with the reason, when another host had the prefix before. */
export function withoutTakenPrefix(capabilities: Capabilities, others: readonly Host[]): Capabilities {
  const { gni6Prefix, ...rest } = capabilities;
  if (gni6Prefix === undefined) return capabilities;
  // All of them are of one length: two overlap exactly when they are the same.
  const owner = others.find((host) => host.capabilities.gni6Prefix === gni6Prefix);
  if (owner === undefined) return capabilities;
  return {
    ...rest,
    formats: rest.formats.filter((format) => formatOf(format) !== 'gni6'),
    problems: [...rest.problems, `gni6 is not used: host ${owner.name} has the prefix ${gni6Prefix} already`],
  };
}
