/** How commands end, for scripts; `manual/facts.ts` says so to people. */
export const exitCodes = {
  done: 0,
  /** Refused by the controller, or it failed. */
  failed: 1,
  /** `weft diff`: what is there is not what files say. */
  different: 1,
  /** Wrong use, or a mistake in a file that the user wrote; nothing was changed. */
  usage: 2,
  /** Of a rollout that is followed. */
  paused: 3,
  aborted: 4,
  interrupted: 130,
  terminated: 143,
} as const;
