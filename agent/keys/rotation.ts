/**
 * Which key epochs this host has, and when the next begins: a pure machine.
 *
 *                    rotate timer, asked for              made
 *     newest ──────────────────────────────► making ──────────────► newest + older ones
 *        ▲                                     │ failed                  │ 60 s after a newer one came, and
 *        └───────────── again in 10 s ◄────────┘                         ▼ nothing in force names it: retired
 *
 * A new epoch is used once the controller has told both ends so: the change is one more accept, send, retire.
 * An epoch's number is on disk before the key is used, and grows from process to process. Keys outlive the
 * process where they may (`kept-epochs.ts`), and what is in force goes on with them; still every process begins
 * with a new one, so a restart is a rotation too.
 */
import { limits } from '../../wire/limits.ts';

export interface HeldEpoch {
  readonly epoch: number;
  /** When it became the newest. */
  readonly sinceMs: number;
}

export interface RotationState {
  /** Newest first. */
  readonly held: readonly HeldEpoch[];
  /** Those that a session in force names. */
  readonly named: ReadonlySet<number>;
  /** Number of the one that is being made. */
  readonly making: number | undefined;
  /** Greatest number that was ever used. */
  readonly last: number;
}

export type RotationEvent =
  /** Before all others: what the process before has left. Newest first. */
  | { readonly kind: 'restored'; readonly epochs: readonly number[] }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'made'; readonly epoch: number }
  | { readonly kind: 'failed'; readonly epoch: number }
  | { readonly kind: 'named'; readonly epochs: ReadonlySet<number> }
  | { readonly kind: 'timer'; readonly timer: RotationTimer };

export type RotationTimer = 'rotate' | 'retire';

export type RotationEffect =
  /** Write the number to disk, then make a key. */
  | { readonly kind: 'make'; readonly epoch: number }
  /** Forget the private key and what was derived from it. */
  | { readonly kind: 'retire'; readonly epoch: number }
  /** What the controller is told is another. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'arm'; readonly timer: RotationTimer; readonly ms: number }
  | { readonly kind: 'disarm'; readonly timer: RotationTimer };

export interface RotationFacts {
  /** Of a clock that never goes back; so are all times of the state. */
  readonly nowMs: number;
  /** Unix seconds: a lost state directory does not bring old numbers back. */
  readonly unixSeconds: number;
  readonly rotateMs: number;
}

export type RotationStep = readonly [state: RotationState, effects: readonly RotationEffect[]];

/** Packets sealed before both ends had heard of the next epoch are still under way. */
export const graceMs = 60_000;
const againMs = 10_000;

export function initialRotation(last: number): RotationState {
  return { held: [], named: new Set(), making: undefined, last };
}

/** Why no epoch can begin now; undefined: one can. */
export function whyNotNow(state: RotationState): string | undefined {
  if (state.making !== undefined) return 'a new key is being made already';
  if (state.held.length < limits.keyEpochs) return undefined;
  return `${state.held.length} keys are held, the most; the oldest goes ${graceMs / 1000} s after it was replaced, once no session needs it`;
}

export function stepRotation(state: RotationState, event: RotationEvent, facts: RotationFacts): RotationStep {
  switch (event.kind) {
    case 'restored':
      return restored(state, event.epochs, facts);
    case 'rotate':
      return rotate(state, facts);
    case 'made':
      return made(state, event.epoch, facts);
    case 'failed':
      if (event.epoch !== state.making) return [state, []];
      return [{ ...state, making: undefined }, [{ kind: 'arm', timer: 'rotate', ms: againMs }]];
    case 'named':
      return retire({ ...state, named: event.epochs }, facts);
    case 'timer':
      return event.timer === 'rotate' ? rotate(state, facts) : retire(state, facts);
  }
}

/** Nobody knows how long they were the newest: their grace begins anew. */
function restored(state: RotationState, epochs: readonly number[], facts: RotationFacts): RotationStep {
  if (epochs.length === 0) return [state, []];
  const held = epochs.map((epoch) => ({ epoch, sinceMs: facts.nowMs }));
  const [next, effects] = retire({ ...state, held, last: Math.max(state.last, ...epochs) }, facts);
  return [next, [{ kind: 'changed' }, ...effects]];
}

function rotate(state: RotationState, { unixSeconds }: RotationFacts): RotationStep {
  if (state.making !== undefined) return [state, []];
  if (whyNotNow(state) !== undefined) return [state, [{ kind: 'arm', timer: 'rotate', ms: againMs }]];
  const epoch = Math.min(Math.max(state.last + 1, unixSeconds), limits.greatestEpoch);
  return [
    { ...state, making: epoch, last: epoch },
    [
      { kind: 'disarm', timer: 'rotate' },
      { kind: 'make', epoch },
    ],
  ];
}

function made(state: RotationState, epoch: number, facts: RotationFacts): RotationStep {
  if (epoch !== state.making) return [state, []];
  const held = [{ epoch, sinceMs: facts.nowMs }, ...state.held];
  const [next, effects] = retire({ ...state, held, making: undefined }, facts);
  const told = effects.some(({ kind }) => kind === 'changed') ? effects : [{ kind: 'changed' } as const, ...effects];
  return [next, [{ kind: 'arm', timer: 'rotate', ms: facts.rotateMs }, ...told]];
}

/** Lets go of what is over, and wakes up again when the next may be. */
function retire(state: RotationState, { nowMs }: RotationFacts): RotationStep {
  const ages = state.held.map(({ epoch }, i) => {
    const newer = state.held[i - 1];
    // What a session names waits for the event that says that none does.
    const waits = newer === undefined || state.named.has(epoch);
    return { epoch, restMs: waits ? Number.POSITIVE_INFINITY : newer.sinceMs + graceMs - nowMs };
  });
  const over = ages.filter(({ restMs }) => restMs <= 0).map(({ epoch }) => epoch);
  const restMs = Math.min(...ages.map((age) => age.restMs).filter((rest) => rest > 0));
  const next: RotationEffect = Number.isFinite(restMs)
    ? { kind: 'arm', timer: 'retire', ms: restMs }
    : { kind: 'disarm', timer: 'retire' };
  if (over.length === 0) return [state, [next]];
  return [
    { ...state, held: state.held.filter(({ epoch }) => !over.includes(epoch)) },
    [...over.map((epoch) => ({ kind: 'retire', epoch }) as const), { kind: 'changed' }, next],
  ];
}
