/**
 * The features of one format between two hosts: which are on, and why. Pure.
 *
 *   what the format carries ─► options of both hosts ─► not forbidden, as required ─► preferred, then by order ─► one
 *
 * A format that carries encryption is always encrypted. The other features cost work, so they are on only where a
 * policy requires or prefers them. Flow control needs `gni 3.0` in both directions, and the other one is not known
 * here: the engine does without where the peer cannot answer.
 */
import { ciphers, compressions, formatEncapsulation } from '../../wire/encapsulation.ts';
import { fitsFeature, type PolicyRequest } from '../../wire/policy.ts';
import { nameOf, type Party } from './policies.ts';
import { isExcepted, meansFormat, type Objection, objectionOf, type Rules, say } from './select-rules.ts';

export interface Slot {
  /** As formats and policies name it. */
  readonly feature: string;
  /** Words of which at most one is on, the better ones first. */
  readonly options: readonly string[];
  /** A format that carries it never goes without. */
  readonly always: boolean;
}

/** In the order in which an encapsulation's text names them. */
export const slots: readonly Slot[] = [
  { feature: 'encryption', options: ciphers, always: true },
  { feature: 'compression', options: compressions, always: false },
  { feature: 'ip-elision', options: ['ip-elision'], always: false },
  { feature: 'flow-control', options: ['flow-control'], always: false },
];

/** A slot, and what becomes of it in one format. */
export interface Filled {
  readonly slot: Slot;
  /** Undefined: off. */
  readonly option?: string;
  /** All that could be on instead; `undefined` when it may be off. */
  readonly permitted: readonly (string | undefined)[];
  /** Why it is on; why it is off where policies speak of it. */
  readonly reason?: string;
  /** The policies without which it would be otherwise. */
  readonly deciders: readonly PolicyRequest[];
  /** What takes the format away. */
  readonly objection?: Objection;
  /** The format needs it and the hosts cannot do it together. */
  readonly lacking?: string;
}

export type Ends = readonly [source: Party, destination: Party];

export function fillSlots(format: string, ends: Ends, rules: Rules): readonly Filled[] {
  return slots.map((slot) => fill(slot, format, ends, rules));
}

/** The encapsulation's text: a format with these words on, without keys. */
export function dress(format: string, words: readonly (string | undefined)[]): string {
  const cipher = ciphers.find((each) => words.includes(each));
  const compression = compressions.find((each) => words.includes(each));
  return formatEncapsulation({
    format,
    ...(cipher === undefined ? {} : { cipher }),
    ...(compression === undefined ? {} : { compression }),
    elision: words.includes('ip-elision'),
    flowControl: words.includes('flow-control'),
  });
}

function fill(slot: Slot, format: string, ends: Ends, rules: Rules): Filled {
  const demands = rules.restrict.filter((policy) => policy.effect !== 'forbid' && speaksOf(policy, slot));
  const off = { slot, permitted: [undefined], deciders: [] };
  if (!rules.scope.featuresOf(format).includes(slot.feature)) {
    if (demands.length > 0) return { ...off, objection: objectionOf(demands, () => true) };
    const preferred = rules.rank.some((policy) => policy.effect === 'prefer' && speaksOf(policy, slot));
    return preferred ? { ...off, reason: notUsed(slot, `${format} does not carry it`) } : off;
  }
  const common = slot.options.filter((option) => ends.every(({ features }) => features.includes(option)));
  if (slot.always && common.length === 0) return { ...off, lacking: lacksCipher(ends) };
  const unmet = demands.filter((policy) => !common.some((option) => demanded(policy, slot).includes(option)));
  if (unmet.length > 0) return { ...off, objection: notHad(unmet, slot, ends) };
  const options = common.map((option) => judgeOption(option, slot, format, rules));
  const left = options.filter(({ standing }) => standing.length === 0);
  if (left.length === 0 && (slot.always || demands.length > 0)) {
    return { ...off, objection: noneLeft(options, slot, demands) };
  }
  return choose({ slot, options, left, demands }, ends, rules);
}

// ---- what policies say of a slot ----------------------------------------------------------------------------

function speaksOf({ capabilities }: PolicyRequest, { feature, options }: Slot): boolean {
  return capabilities.some((capability) => capability === feature || options.includes(capability));
}

/** The options any of which satisfies a policy that requires or pins: those it names, or all of the feature. */
function demanded({ capabilities }: PolicyRequest, { options }: Slot): readonly string[] {
  const named = options.filter((option) => capabilities.includes(option));
  return named.length > 0 ? named : options;
}

function prefers({ effect, capabilities }: PolicyRequest, option: string): boolean {
  return effect === 'prefer' && capabilities.some((capability) => fitsFeature(capability, option));
}

interface Option {
  readonly word: string;
  /** The policies against it. */
  readonly standing: readonly PolicyRequest[];
  /** Whether a capability of such a policy means it. */
  readonly isMeant: (capability: string) => boolean;
}

function judgeOption(word: string, slot: Slot, format: string, rules: Rules): Option {
  const isMeant = (capability: string) => fitsFeature(capability, word);
  const standing = rules.restrict.filter((policy) => {
    if (policy.effect !== 'forbid') return speaksOf(policy, slot) && !demanded(policy, slot).includes(word);
    const hits = policy.capabilities.filter(isMeant);
    // Who allows the format that is always encrypted has allowed its encryption, but no single cipher.
    const isWhole = slot.always && hits.every((capability) => capability === slot.feature);
    return (
      hits.length > 0 &&
      !isExcepted(policy, rules, (each) => isMeant(each) || (isWhole && meansFormat(each, format, rules.scope)))
    );
  });
  return { word, standing, isMeant };
}

// ---- the choice among what is left --------------------------------------------------------------------------

interface Choosing {
  readonly slot: Slot;
  /** Those of both hosts. */
  readonly options: readonly Option[];
  readonly left: readonly Option[];
  readonly demands: readonly PolicyRequest[];
}

function choose(choosing: Choosing, ends: Ends, rules: Rules): Filled {
  const { slot, left, demands } = choosing;
  const isNeeded = slot.always || demands.length > 0;
  const wanted = left.filter(({ word }) => isNeeded || rules.rank.some((policy) => prefers(policy, word)));
  const [best] = wanted.toSorted((a, b) => byOrder(a.word, b.word, rules.rank));
  const permitted = [...left.map(({ word }) => word), ...(isNeeded ? [] : [undefined])];
  if (best === undefined) return { slot, permitted, ...whyOff(choosing, ends, rules) };
  return { slot, permitted, option: best.word, ...whyOn(best.word, choosing, rules) };
}

/** Zero where no policy names either: the options then keep their own order. */
function byOrder(a: string, b: string, policies: readonly PolicyRequest[]): number {
  return policies.map((policy) => place(policy, a) - place(policy, b)).find((difference) => difference !== 0) ?? 0;
}

function place({ capabilities }: PolicyRequest, option: string): number {
  const index = capabilities.indexOf(option);
  return index < 0 ? capabilities.length : index;
}

function whyOn(word: string, { slot, options, demands }: Choosing, rules: Rules) {
  const earlier = options.slice(
    0,
    options.findIndex((option) => option.word === word),
  );
  const removers = earlier.flatMap(({ standing }) => standing.slice(0, 1));
  const passed = earlier.filter(({ standing }) => standing.length === 0);
  const rankers = rules.rank.filter((policy) => passed.some((other) => byOrder(word, other.word, [policy]) < 0));
  const preferrers = rules.rank.filter((policy) => prefers(policy, word)).slice(0, 1);
  const pin = demands.find(({ effect, capabilities }) => effect === 'pin' && capabilities.includes(word));
  const [demand] = demands;
  const [ranker] = rankers;
  const [preferrer] = preferrers;
  let why = 'both hosts have it';
  if (pin !== undefined) why = `pinned by ${nameOf(pin)}`;
  else if (demand !== undefined) why = `required by ${nameOf(demand)}`;
  else if (preferrer !== undefined) why = `preferred by ${nameOf(preferrer)}`;
  else if (ranker !== undefined) why = `first in the order of ${nameOf(ranker)}`;
  else if (removers.length > 0) why = 'the first that both hosts have and policies leave';
  const turnedOn = slot.always ? [] : demand === undefined ? preferrers : [demand];
  return { reason: `+${word}: ${why}`, deciders: [...turnedOn, ...removers, ...rankers] };
}

function whyOff({ slot, options, left }: Choosing, ends: Ends, rules: Rules) {
  const { allow, restrict, rank } = rules;
  const preferrers = rank.filter((policy) => policy.effect === 'prefer' && speaksOf(policy, slot));
  const wished = slot.options.filter((word) => preferrers.some((policy) => prefers(policy, word)));
  const forbidden = options.filter(({ word, standing }) => standing.length > 0 && wished.includes(word));
  const removers = forbidden.flatMap(({ standing }) => standing.slice(0, 1));
  if (removers.length > 0) return { reason: notUsed(slot, tell(forbidden)), deciders: removers };
  if (wished.length > 0) return { reason: notUsed(slot, lacks(wished, ends, ' it')), deciders: [] };
  const isSpokenOf = [...allow, ...restrict].some((policy) => speaksOf(policy, slot));
  if (!isSpokenOf) return { deciders: [] };
  const isForbidden = options.length > 0 && left.length === 0;
  return { reason: notUsed(slot, isForbidden ? tell(options) : 'no policy asks for it'), deciders: [] };
}

// ---- sentences ----------------------------------------------------------------------------------------------

function notUsed({ feature }: Slot, why: string): string {
  return `${feature}: not used, ${why}`;
}

/** `policy 'a' forbids lz4 and policy 'b' requires lz4`: the first that stands against each. */
function tell(options: readonly Option[]): string {
  const clauses = options.flatMap(({ standing, isMeant }) => standing.slice(0, 1).map((each) => say(each, isMeant)));
  return [...new Set(clauses)].join(' and ');
}

function noneLeft(options: readonly Option[], slot: Slot, demands: readonly PolicyRequest[]): Objection {
  const firsts = options.flatMap(({ standing }) => standing.slice(0, 1));
  // Not all was taken away by the demands themselves: then one of them is part of the conflict too.
  const demand = slot.always ? [] : demands.filter((policy) => !firsts.includes(policy)).slice(0, 1);
  const isOnly = slot.always && options.length < slot.options.length;
  const clauses = [tell(options), ...demand.map((policy) => say(policy, () => true))];
  return {
    text: `${clauses.join(' and ')}${isOnly ? ', the only common cipher' : ''}`,
    told: [...new Set([...firsts, ...demand])],
    standing: [...new Set([...options.flatMap(({ standing }) => standing), ...demands])],
  };
}

function notHad(unmet: readonly PolicyRequest[], slot: Slot, ends: Ends): Objection {
  const told = unmet.slice(0, 1);
  const text = told.map((policy) => {
    const words = slot.options.filter((option) => policy.capabilities.includes(option));
    const named = words.length > 0 ? words.join(', ') : slot.feature;
    return `${nameOf(policy)} ${policy.effect}s ${named}, which ${lacks(demanded(policy, slot), ends)}`;
  });
  return { text: text.join(), told, standing: unmet };
}

/** `which b does not have`, or with `it`: `b does not have it`. */
function lacks(wanted: readonly string[], ends: Ends, it = ''): string {
  const without = ends.find(({ features }) => !wanted.some((option) => features.includes(option)));
  return without === undefined ? `the hosts do not have${it} in common` : `${without.host} does not have${it}`;
}

function lacksCipher(ends: Ends): string {
  const without = ends.find(({ features }) => !ciphers.some((cipher) => features.includes(cipher)));
  return without === undefined ? 'the hosts have no cipher in common' : `${without.host} has no cipher`;
}
