/** What this host can do for the mapping server's choice: what its data plane was found to do, less the operator's mask. */
import type { Capabilities } from '../../wire/control.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import { limits } from '../../wire/limits.ts';
import type { DataPlaneProbe } from '../datapath/datapath.ts';

export interface CapabilityFacts {
  readonly probe: DataPlaneProbe;
  /** Operator's mask; undefined: no mask. */
  readonly mask: readonly string[] | undefined;
  /** As the engine now uses them: one that failed at run time is no capability any more. */
  readonly offloads: Readonly<Record<'udpGso' | 'udpGro' | 'tso' | 'uso', boolean>>;
  /** Found outside of the data plane, one sentence each. */
  readonly problems: readonly string[];
}

export function findCapabilities({ probe, mask, offloads, problems }: CapabilityFacts): Capabilities {
  const formats = probe.formats.filter((format) => mask === undefined || mask.includes(format));
  const missing = (mask ?? []).filter((format) => !probe.formats.some((found) => found === format));
  return {
    formats,
    features: [...new Set(formats.flatMap((format) => layoutByName(format)?.features ?? []))],
    offloads: [
      ...(offloads.udpGso ? ['udp-gso'] : []),
      ...(offloads.udpGro ? ['udp-gro'] : []),
      ...(offloads.tso ? ['tso'] : []),
      ...(offloads.uso ? ['uso'] : []),
    ],
    executors: ['engine'],
    ports: probe.tun ? ['tun'] : [],
    problems: [
      ...probe.problems,
      ...missing.map((format) => `format ${format} is in the configuration, but this data plane does not have it`),
      ...problems,
    ].map((problem) => problem.slice(0, limits.textLength)),
  };
}
