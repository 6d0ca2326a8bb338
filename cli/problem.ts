/**
 * A failure that a person can do something about: one or two sentences that say what was wrong, where, and
 * what to do. The command line prints the sentences alone, without a stack; every other error is a bug.
 */
export class Problem extends Error {
  /** 1: it failed. 2: wrong use, or a mistake in a file that the user wrote; nothing was changed. */
  readonly exitCode: 1 | 2;
  /** Stable word for programs, which read errors as JSON. */
  readonly code: string;

  constructor(message: string, options: { exitCode?: 1 | 2; code?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.exitCode = options.exitCode ?? 1;
    this.code = options.code ?? (this.exitCode === 2 ? 'usage' : 'failed');
  }
}
