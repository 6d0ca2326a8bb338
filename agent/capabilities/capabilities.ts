/** What this host can do for the mapping server's choice: what its data plane was found to do, less the operator's masks. */
import type { Capabilities } from '../../wire/control.ts';
import type { OfferedFeature } from '../../wire/encapsulation.ts';
import { layoutByName, layouts } from '../../wire/formats/index.ts';
import type { Feature, Layout } from '../../wire/formats/layout.ts';
import { limits } from '../../wire/limits.ts';
import type { DataPlaneProbe, FastPathMode } from '../datapath/datapath.ts';

export interface Masks {
  /** Formats that the operator allows; undefined: all. */
  readonly formats: readonly string[] | undefined;
  /** Features that the operator allows; undefined: all. */
  readonly features: readonly string[] | undefined;
}

/** Frameworks with UDP ports of their own. */
export const foreignFrameworks = ['vxlan', 'geneve'] as const;
export type ForeignFramework = (typeof foreignFrameworks)[number];

export interface CapabilityFacts {
  readonly probe: DataPlaneProbe;
  readonly masks: Masks;
  /** Foreign frameworks whose ports the engine has. */
  readonly bound: readonly ForeignFramework[];
  /** Where packets of gni6 come to; undefined: the engine has no socket for them. */
  readonly gni6Prefix?: string | undefined;
  /** Whether this host has a key: without one nobody can encrypt to it, or be encrypted to. */
  readonly hasKey: boolean;
  /** As the engine now uses them: one that failed at run time is no capability any more. */
  readonly offloads: Readonly<Record<'udpGso' | 'udpGro' | 'tso' | 'uso', boolean>>;
  /** Undefined: the engine carries everything. */
  readonly fastPath?: FastPathMode | undefined;
  /** Found outside of the data plane, one sentence each. */
  readonly problems: readonly string[];
}

export function findCapabilities(facts: CapabilityFacts): Capabilities {
  const { probe, masks, bound, gni6Prefix, hasKey, offloads, fastPath, problems } = facts;
  const possible = offeredFormats(facts);
  const formats = possible.filter((name) => hasKey || !has(name, 'always', 'encryption'));
  const words = offeredWords(probe, formats);
  return {
    ...(formats.includes('gni6') && gni6Prefix !== undefined ? { gni6Prefix } : {}),
    formats,
    features: words.filter((word) => isAllowed(word, masks)),
    offloads: [
      ...(offloads.udpGso ? ['udp-gso'] : []),
      ...(offloads.udpGro ? ['udp-gro'] : []),
      ...(offloads.tso ? ['tso'] : []),
      ...(offloads.uso ? ['uso'] : []),
    ],
    executors: ['engine', ...(fastPath === undefined ? [] : ['tc']), ...(fastPath === 'xdp' ? ['xdp'] : [])],
    ports: probe.tun ? ['tun', ...(fastPath === undefined ? [] : ['veth', 'tap'])] : [],
    problems: [
      ...probe.problems,
      ...missingFormats(masks.formats ?? [], facts),
      ...bound
        .filter((name) => !probe.formats.some((found) => found === name))
        .map((name) => `${name} is wanted by key 'foreign', but this data plane does not have it`),
      ...unencrypted(facts, possible),
      ...possible
        .filter((name) => !formats.includes(name))
        .map((name) => `format ${name} is not offered: this host has no key yet`),
      ...(masks.features ?? [])
        .filter((word) => !words.some((each) => each === word))
        .map((word) => `feature ${word} is in the configuration, but no format that is offered can have it here`),
      ...problems,
    ]
      .slice(0, mostProblems)
      .map((problem) => problem.slice(0, limits.textLength)),
  };
}

/** A format whose packets are always encrypted needs a cipher; that there is a key, too, is not looked at. */
export function offeredFormats(facts: Pick<CapabilityFacts, SpeechFact | 'masks'>): string[] {
  const canEncrypt = facts.probe.ciphers.some((cipher) => isAllowed(cipher, facts.masks));
  return allowedFormats(facts).filter((name) => canEncrypt || !has(name, 'always', 'encryption'));
}

function allowedFormats(facts: Pick<CapabilityFacts, SpeechFact | 'masks'>): string[] {
  const { masks } = facts;
  return spokenFormats(facts).filter((name) => masks.formats?.includes(name) ?? true);
}

/** That the operator has masked all ciphers is no problem. */
function unencrypted(facts: CapabilityFacts, offered: readonly string[]): string[] {
  if (facts.probe.ciphers.length > 0) return [];
  const missing = allowedFormats(facts).filter((name) => !offered.includes(name));
  return missing.map((name) => `format ${name} is not offered: no cipher works`);
}

function isAllowed(word: string, { features }: Masks): boolean {
  return features?.includes(word) ?? true;
}

type SpeechFact = 'probe' | 'bound' | 'gni6Prefix';

/** Bound that the controller sets (`wire/control-decode.ts`). */
const mostProblems = 64;

/** Those that this host can send and receive now, masks not applied. */
export function spokenFormats({ probe, bound, gni6Prefix }: Pick<CapabilityFacts, SpeechFact>): string[] {
  const carriers: readonly string[] = ['data', ...bound, ...(gni6Prefix === undefined ? [] : ['ipv6'])];
  return probe.formats.filter((name) => carriers.includes(layoutByName(name)?.carrier ?? ''));
}

/** Names of formats that encrypt whatever is sent. */
export const encryptingFormats: readonly string[] = layouts
  .filter(({ name }) => has(name, 'always', 'encryption'))
  .map(({ name }) => name);

function offeredWords(probe: DataPlaneProbe, formats: readonly string[]): readonly string[] {
  const some = (when: 'always' | 'features', feature: Feature) => formats.some((name) => has(name, when, feature));
  const words: readonly OfferedFeature[] = [
    ...(some('always', 'integrity') ? (['integrity'] as const) : []),
    ...(some('features', 'encryption') ? probe.ciphers : []),
    ...(some('features', 'compression') ? probe.compressions : []),
    ...(['ip-elision', 'flow-control'] as const).filter(
      (word) => some('features', word) && probe.features.includes(word),
    ),
  ];
  return words;
}

function missingFormats(mask: readonly string[], facts: Pick<CapabilityFacts, SpeechFact>): string[] {
  const { probe, bound, gni6Prefix } = facts;
  return mask.flatMap((name) => {
    if (!probe.formats.some((found) => found === name)) {
      return [`format ${name} is in the configuration, but this data plane does not have it`];
    }
    const carrier = layoutByName(name)?.carrier ?? 'data';
    if (carrier === 'data' || bound.some((each) => each === carrier)) return [];
    if (carrier === 'ipv6')
      return gni6Prefix === undefined
        ? [`format ${name} is in the configuration, but has no prefix: see key 'gni6'`]
        : [];
    return [`format ${name} is in the configuration, but its UDP port is not bound: see key 'foreign'`];
  });
}

function has(name: string, when: 'always' | 'features', feature: Feature): boolean {
  const layout: Layout | undefined = layoutByName(name);
  return layout?.[when].includes(feature) ?? false;
}
