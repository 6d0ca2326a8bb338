/** Why a request cannot be done: codes for programs, sentences for people. */

export const refusalStatus = {
  /** The request contradicts itself or a rule. */
  invalid: 400,
  /** Whoever asks may not. */
  forbidden: 403,
  /** It names something that does not exist. */
  unknown: 404,
  /** The name is in use. */
  exists: 409,
  /** An address, prefix or GNI is in use. */
  taken: 409,
  /** Others depend on what it would remove. */
  'in-use': 409,
  /** Nothing is left to give out. */
  exhausted: 409,
  /** No host can take the guest now. */
  'no-host': 503,
} as const;

export type RefusalCode = keyof typeof refusalStatus;

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;

export function refuse(code: RefusalCode, message: string): Refusal {
  return { ok: false, code, message };
}

/** Hosts may go on using what a restored store has forgotten. */
export function unsettled(what: string, key: string): Refusal {
  const why = `the store was restored from a backup, and which ${what} is free is not known`;
  return refuse('in-use', `${why}: say '${key}', or settle that first (\`weft store settle\`)`);
}

export function grant<T>(value: T): Outcome<T> {
  return { ok: true, value };
}
