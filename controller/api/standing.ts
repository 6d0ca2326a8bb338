/**
 * Whether what is selected for a direction is in force, and what is wrong with it: what a person who is woken up
 * wants to read first. Pure.
 */
import type { ExplainedDirection, Standing } from '../../wire/resources.ts';

export interface StandingFacts {
  readonly source: string;
  readonly destination: string;
  /** Hosts of the two that are not connected. */
  readonly away: readonly string[];
  readonly selected: string | undefined;
  readonly reason: string;
  /** Undefined: no packet needs it, or an end is away. */
  readonly inForce: boolean | undefined;
  readonly sending: string | undefined;
  readonly accepted: readonly string[];
  /** Unix ms. */
  readonly sinceMs: number | undefined;
  readonly nowMs: number;
  readonly path: ExplainedDirection['path'];
  readonly traffic: ExplainedDirection['traffic'];
  readonly selfTest: ExplainedDirection['selfTest'];
  /** Hosts that have told no key although what is selected needs one. */
  readonly keyless: readonly string[];
  /** What hosts have said when they refused the session, newest last. */
  readonly refusals: readonly string[];
  /** Why a rollout that concerns both is paused. */
  readonly paused: string | undefined;
}

export const standingLimits = {
  /** A change takes a few round trips; longer is worth a look. */
  changeMs: 10_000,
  dropsPercent: 1,
  packetsToJudge: 100,
} as const;

export function describeStanding(facts: StandingFacts): { readonly standing: Standing; readonly problems: string[] } {
  return { standing: standingOf(facts), problems: problemsOf(facts) };
}

function standingOf({ selected, inForce, away }: StandingFacts): Standing {
  if (selected === undefined) return 'none';
  if (inForce !== undefined) return inForce ? 'in-force' : 'changing';
  return away.length > 0 ? 'away' : 'idle';
}

function problemsOf(facts: StandingFacts): string[] {
  const { away, selected, reason, path, destination, selfTest, paused } = facts;
  return [
    ...away.map((host) => `host ${host} is away: what is said of it was so when it was last heard of`),
    ...(selected === undefined ? [`nothing can be sent: ${reason}`] : []),
    ...(facts.inForce === false ? changeProblems(facts) : []),
    ...(path !== undefined && path.roundTripUs === 0 ? [`host ${destination} does not answer probes`] : []),
    ...(path !== undefined && path.roundTripUs > 0 && path.lostPercent > 0
      ? [`${path.lostPercent} % of the probes are lost on the way`]
      : []),
    ...(selfTest?.findings ?? []).map((finding) => `self-test: ${finding}`),
    ...dropProblem(facts),
    ...(paused === undefined ? [] : [paused]),
  ];
}

function changeProblems({ source, destination, selected, sending, accepted, ...facts }: StandingFacts): string[] {
  const { sinceMs, nowMs, refusals, keyless } = facts;
  if (keyless.length > 0) return keyless.map((host) => `host ${host} has told no key, which ${selected} needs`);
  const refused = refusals.at(-1);
  if (refused !== undefined) return [`the session was refused: ${refused}`];
  if (sinceMs === undefined || nowMs - sinceMs < standingLimits.changeMs) return [];
  const isAccepted = accepted.some((text) => text.replace(/ #.*$/, '') === selected);
  return isAccepted
    ? [`${source} has not acknowledged that it sends ${selected}; it sends ${sending ?? 'nothing'}`]
    : [`${destination} has not acknowledged that it accepts ${selected}`];
}

function dropProblem({ traffic, destination }: StandingFacts): string[] {
  const { packetsIn = 0, drops = 0 } = traffic ?? {};
  const all = packetsIn + drops;
  if (all < standingLimits.packetsToJudge || drops * 100 < standingLimits.dropsPercent * all) return [];
  return [`${((100 * drops) / all).toFixed(1)} % of the packets were dropped at ${destination}: see weft status there`];
}
