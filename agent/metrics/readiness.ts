/**
 * Whether this host carries packets as it should. Pure.
 *
 * An agent without a controller is ready: packets of what is known go on, which is what it is for. It says so, so that
 * who looks sees the difference; who wants to be woken for it asks `weft_agent_control_connected`.
 */
import type { Readiness } from '../../wire/metrics/listener.ts';

export type AgentPhase = 'starting' | 'running' | 'stopping';

export interface ReadinessFacts {
  readonly phase: AgentPhase;
  /** Ms that each worker of the engine has not answered. */
  readonly workerAgeMs: readonly number[];
  /** Ms without a controller; undefined: there is one. */
  readonly aloneMs: number | undefined;
}

/** A worker turns when it is asked, whatever it carries: one that does not is stuck. */
export const stuckMs = 5000;

export function readinessOf({ phase, workerAgeMs, aloneMs }: ReadinessFacts): Readiness {
  if (phase === 'starting') return { ready: false, detail: 'not ready: guests are being restored' };
  if (phase === 'stopping') return { ready: false, detail: 'not ready: the agent is stopping; packets go on' };
  const stuck = workerAgeMs.findIndex((age) => age > stuckMs);
  if (stuck !== -1) {
    const seconds = Math.round((workerAgeMs[stuck] ?? 0) / 1000);
    return { ready: false, detail: `not ready: worker ${stuck} of the engine has not answered for ${seconds} s` };
  }
  if (aloneMs === undefined) return { ready: true, detail: 'ready' };
  const seconds = Math.round(aloneMs / 1000);
  return {
    ready: true,
    detail: `ready, without a controller for ${seconds} s: what is known goes on, nothing changes`,
  };
}
