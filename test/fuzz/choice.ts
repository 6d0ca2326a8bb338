/** What generators choose by: the same seed, the same choices. */
import { seededRandom } from '../../controller/seeded-random.ts';

export class Choice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** 0 … below − 1 */
  below(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** A few changes anywhere: bits, bytes, cuts, repeats. Mostly none, or nothing would be parsed to its end. */
export function damage(bytes: Buffer, choice: Choice): Buffer {
  let changed = Buffer.from(bytes);
  if (!choice.oneIn(4)) return changed;
  for (let rest = 1 + choice.below(4); rest > 0 && changed.length > 0; rest--) {
    const at = choice.below(changed.length);
    const until = Math.min(changed.length, at + 1 + choice.below(16));
    switch (choice.below(5)) {
      case 0:
        changed[at] = (changed[at] ?? 0) ^ (1 << choice.below(8));
        break;
      case 1:
        changed[at] = choice.of([0, 1, 0x22, 0x7f, 0x80, 0xff, choice.below(256)]);
        break;
      case 2:
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(until)]);
        break;
      case 3:
        changed = Buffer.concat([changed.subarray(0, until), changed.subarray(at)]);
        break;
      default:
        changed = Buffer.concat([changed.subarray(0, at), choice.bytes(1 + choice.below(8)), changed.subarray(at)]);
    }
  }
  return changed;
}
