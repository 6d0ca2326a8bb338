/** The agent in one sentence, for `systemctl status`. */
import type { GuestState } from '../../wire/control.ts';

export interface Facts {
  readonly guests: readonly Pick<GuestState, 'phase'>[];
  readonly controller: string;
  readonly connected: boolean;
  /** Why there is no connection, as far as it is known. */
  readonly lastError: string | undefined;
}

export function sentenceOf({ guests, controller, connected, lastError }: Facts): string {
  const count = (phase: GuestState['phase']) => guests.filter((each) => each.phase === phase).length;
  const up = count('running');
  const failed = count('failed');
  const preparing = guests.length - up - failed;
  const parts = [
    `${up} ${up === 1 ? 'guest' : 'guests'} up`,
    ...(preparing > 0 ? [`${preparing} being set up`] : []),
    ...(failed > 0 ? [`${failed} failed (weft status)`] : []),
    connected ? `connected to ${controller}` : `no controller: ${lastError ?? `${controller} is being asked`}`,
  ];
  return parts.join(', ');
}
