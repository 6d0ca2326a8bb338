/** What must hold whatever hosts can do and whatever policies say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offeredFeatures, parseEncapsulation } from '../../wire/encapsulation.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import { fitsFeature, fitsFormat, isFeature, type PolicyRequest, policyMistake } from '../../wire/policy.ts';
import type { Party, Scope } from './policies.ts';
import { type Choice, select } from './select.ts';

const formats = ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0', 'gni 4.0', 'vxlan', 'geneve'];
const features = [...offeredFeatures];
const words = [...formats, ...features, 'gni *', 'encryption', 'compression'];
const effects = ['forbid', 'require', 'prefer', 'pin', 'order', 'infer', 'allow'] as const;
const matches: readonly PolicyRequest['match'][] = [
  undefined,
  { host: 'a' },
  { host: 'b', direction: 'from' },
  { environment: 'test' },
  { environment: 'test', host: 'b' },
  { cloud: 'red' },
  { customer: 'amber', direction: 'to' },
  { guest: 'g' },
];

const featuresOf = (name: string): readonly string[] => layoutByName(name)?.features ?? [];
const partyNamed = (host: string): fc.Arbitrary<Party> =>
  fc.record({
    host: fc.constant(host),
    formats: fc.subarray(formats),
    features: fc.subarray(features),
    families: fc.constant([4 as const]),
    labels: fc.constantFrom({}, { environment: 'test' }),
  });
const policiesOf = (authors: readonly (string | undefined)[]): fc.Arbitrary<PolicyRequest[]> =>
  fc
    .array(
      fc.record({
        effect: fc.constantFrom(...effects),
        capabilities: fc.subarray(words, { minLength: 1, maxLength: 3 }),
        match: fc.constantFrom(...matches),
        author: fc.constantFrom(...authors),
      }),
      { maxLength: 7 },
    )
    .map((all) =>
      all.map(({ match, author, ...rest }, i) => ({
        name: `p${i}`,
        ...(match === undefined ? {} : { match }),
        ...(author === undefined ? {} : { author }),
        ...rest,
      })),
    )
    .map((all) => all.filter((policy) => policyMistake(policy) === undefined));
const red = { cloud: 'red', customer: 'amber', sourceGuests: ['g'], destinationGuests: ['h'] };
const blue = { cloud: 'blue', customer: 'other', sourceGuests: [], destinationGuests: [] };
const scopes: readonly Scope[] = [
  { kind: 'guests', perGuest: true, traffic: [red], featuresOf },
  { kind: 'hosts', perGuest: true, traffic: [red, blue], featuresOf },
  { kind: 'hosts', perGuest: false, traffic: [red, blue], featuresOf },
];
const anyone = [undefined, 'administrator', 'customer amber', 'customer other'];

/** All that may come to the destination: [format, words that are on or always there]. */
function allowedBy({ selected, accepts }: Choice): readonly { format: string; on: readonly string[] }[] {
  return [...(selected === undefined ? [] : [selected]), ...accepts].map((text) => {
    const { format, cipher, compression, elision, flowControl } = parseEncapsulation(text) ?? { format: '' };
    const on = [cipher, compression, elision ? 'ip-elision' : '', flowControl ? 'flow-control' : ''];
    return { format, on: on.flatMap((word) => word || []) };
  });
}

function hits(word: string, { format, on }: { format: string; on: readonly string[] }): boolean {
  if (!isFeature(word)) return fitsFormat(word, format);
  if (word === 'integrity') return featuresOf(format).includes(word);
  return on.some((each) => fitsFeature(word, each));
}

describe('whatever hosts can do and policies say, a selection', () => {
  const runs = { numRuns: 3000 };

  it('has nothing that a host lacks or a format cannot carry, and is always encrypted where the format is', () => {
    fc.assert(
      fc.property(
        partyNamed('a'),
        partyNamed('b'),
        policiesOf(anyone),
        fc.constantFrom(...scopes),
        (a, b, policies, scope) => {
          const choice = select(a, b, policies, scope);
          expect(choice.reasons.length).toBeGreaterThan(0);
          expect(choice.accepts.at(0)).toBe(choice.selected);
          for (const { format, on } of allowedBy(choice)) {
            for (const end of [a, b]) {
              expect(end.formats).toContain(format);
              expect(end.features).toEqual(expect.arrayContaining([...on]));
            }
            for (const word of on) expect(featuresOf(format).some((feature) => fitsFeature(feature, word))).toBe(true);
            expect(on.some((word) => fitsFeature('encryption', word))).toBe(featuresOf(format).includes('encryption'));
          }
        },
      ),
      runs,
    );
  });

  it('has nothing that an administrator forbids, and all that one requires or pins', () => {
    fc.assert(
      fc.property(partyNamed('a'), partyNamed('b'), policiesOf(anyone), (a, b, policies) => {
        const unconditional = policies.map(({ match, ...rest }) =>
          rest.author === undefined || rest.author === 'administrator' ? rest : { ...rest, ...(match && { match }) },
        );
        const choice = select(a, b, unconditional, scopes[0] as Scope);
        const administrators = unconditional.filter(({ author = 'administrator' }) => author === 'administrator');
        const broken = allowedBy(choice).flatMap((each) =>
          administrators.filter((policy) => breaks(policy, each)).map(({ name }) => ({ name, each })),
        );
        expect(broken).toEqual([]);
      }),
      runs,
    );
  });

  it('is the same in whatever order hosts and people list things, and again', () => {
    const shuffled = fc
      .tuple(partyNamed('a'), partyNamed('b'), policiesOf(anyone))
      .chain(([a, b, policies]) =>
        fc.tuple(
          fc.constant([a, b, policies] as const),
          fc.tuple(mixed(a.formats), mixed(b.features), mixed(policies)),
        ),
      );
    fc.assert(
      fc.property(shuffled, fc.constantFrom(...scopes), ([[a, b, policies], [theirs, words, listed]], scope) => {
        const again = select({ ...a, formats: theirs }, { ...b, features: words }, listed, scope);
        expect(again).toEqual(select(a, b, policies, scope));
      }),
      runs,
    );
  });

  it('does not depend on what a customer says of its own traffic when it is for another’s', () => {
    fc.assert(
      fc.property(partyNamed('a'), partyNamed('b'), policiesOf(anyone), (a, b, policies) => {
        const others = policies.filter(({ author }) => author !== 'customer other');
        for (const scope of scopes.slice(0, 2)) {
          const { reasons: _, ...choice } = select(a, b, policies, scope);
          expect(choice).toEqual(expect.objectContaining(withoutReasons(select(a, b, others, scope))));
        }
      }),
      runs,
    );
  });
});

function withoutReasons({ reasons: _, ...rest }: Choice): Omit<Choice, 'reasons'> {
  return rest;
}

function mixed<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length });
}

function breaks({ effect, capabilities }: PolicyRequest, each: { format: string; on: readonly string[] }): boolean {
  if (effect === 'forbid') return capabilities.some((word) => hits(word, each));
  return (effect === 'require' || effect === 'pin') && unmet(capabilities, each).length > 0;
}

/** Of formats, ciphers and compressions one is enough; of all else nothing may be missing. */
function unmet(capabilities: readonly string[], each: { format: string; on: readonly string[] }): readonly string[] {
  const groups = Map.groupBy(capabilities, (word) => {
    if (!isFeature(word)) return 'format';
    const kind = ['encryption', 'compression'].find((name) => name !== word && fitsFeature(name, word));
    return kind ?? `the feature ${word}`;
  });
  return [...groups].flatMap(([group, members]) => (members.some((word) => hits(word, each)) ? [] : [group]));
}
