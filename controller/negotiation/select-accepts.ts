/**
 * What a destination shall accept when policies say that only the source is told of changes (`infer`). Pure.
 *
 * Every variant that is possible and permitted, so the source may be told to send any of them without a word to the
 * destination. A sealed format is among them only with the cipher in use: another one would need other keys.
 */
import { fitsFormat } from '../../wire/policy.ts';
import { isPossible, type Judged } from './select-candidates.ts';
import { dress, type Filled } from './select-features.ts';
import type { Rules } from './select-rules.ts';

/** Half of what a session may name: the rest is for what is in use while something changes. */
const acceptsLimit = 32;

/** Texts, the selected one first. */
export function acceptsOf(selected: Judged, judged: readonly Judged[], { infer }: Rules): readonly string[] {
  const patterns = infer.flatMap(({ capabilities }) => capabilities);
  const inferred = judged.filter(
    (each) => isPossible(each) && patterns.some((pattern) => fitsFormat(pattern, each.format)),
  );
  const cipher = cipherOf(selected);
  const texts = inferred.flatMap((each) => variants(each.features, cipher).map((words) => dress(each.format, words)));
  return [...new Set([selected.encapsulation, ...texts])].slice(0, acceptsLimit);
}

function cipherOf({ features }: Judged): string | undefined {
  return features.find(({ slot }) => slot.always)?.option;
}

/** Every way to fill the slots. */
function variants(features: readonly Filled[], cipher: string | undefined): readonly (string | undefined)[][] {
  return features.reduce<(string | undefined)[][]>(
    (ways, { slot, option, permitted }) => {
      const keyed = option === undefined ? [undefined] : permitted.filter((word) => word === cipher);
      const choices = slot.always ? keyed : permitted;
      return ways.flatMap((way) => choices.map((word) => [...way, word]));
    },
    [[]],
  );
}
