/**
 * Which sequences of a key have come: the engine's window (`native/engine/keys/replay_window.h`) in plain words, its oracle.
 *
 *   sequence = ((tag * 512) + slot) * 32 + bit
 *
 * A slot remembers 32 sequences of the newest tag that came for it; what has an older tag is too old to tell.
 * Only sequences of packets whose tag was right may be asked about: others would move the window.
 */
const slots = 512n;
const sequencesPerSlot = 32n;
const greatestTag = 0xffff_ffffn;

export class ReplayWindow {
  readonly #slots = new Map<bigint, { readonly tag: bigint; readonly taken: Set<bigint> }>();

  /** Whether the sequence comes for the first time. */
  take(sequence: bigint): boolean {
    const block = sequence / sequencesPerSlot;
    const tag = block / slots;
    if (tag > greatestTag) return false;
    const found = this.#slots.get(block % slots);
    if (found !== undefined && tag < found.tag) return false;
    const slot = found?.tag === tag ? found : { tag, taken: new Set<bigint>() };
    if (slot.taken.has(sequence)) return false;
    slot.taken.add(sequence);
    this.#slots.set(block % slots, slot);
    return true;
  }
}
