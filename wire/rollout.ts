/**
 * Rollouts: a change of policies that reaches the hosts of a region batch by batch, as people ask for it and as
 * the REST API shows it.
 *
 * The new set of policies counts between two hosts when both are in; every other pair stays under the old one.
 * When all hosts are in, the policies are put for everybody, which changes no selection any more.
 */

import { limits, namePattern } from './limits.ts';
import { Policy, PolicyRequest, policyLimits } from './policy.ts';
import { type Static, Type } from './schema.ts';

const Name = Type.String({ pattern: namePattern, description: 'a DNS label: a-z, 0-9 and -' });
const closed = { additionalProperties: false } as const;
const Percent = Type.Number({ minimum: 0, maximum: 100 });

export const rolloutDefaults = {
  batchPercent: 10,
  pauseMs: 60_000,
  settleMs: 30_000,
  unsettledPercent: 0,
  dropsPercent: 1,
  cut: 0,
} as const;

/** Longest time that may be asked for: a day. */
const mostMs = 86_400_000;
const Milliseconds = Type.Integer({ minimum: 0, maximum: mostMs });

/** Past these it pauses by itself. */
const limitProperties = {
  /** How long the sessions of a batch may take until what is selected is in force at both ends. */
  settleMs: Milliseconds,
  /** Of the sessions that the batch changes; so many may take longer. */
  unsettledPercent: Percent,
  /** Percentage points by which the share of dropped packets may be above that of the time before. */
  dropsPercent: Percent,
  /** Directions in use that may be left with no selection at all. */
  cut: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
};
export const RolloutLimits = Type.Object(limitProperties, closed);
export type RolloutLimits = Static<typeof RolloutLimits>;
export const RolloutLimitsRequest = Type.Partial(RolloutLimits, closed);
export type RolloutLimitsRequest = Static<typeof RolloutLimitsRequest>;

/** Hosts with this label come before those without. */
export const RolloutOrder = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: limits.nameLength }),
    value: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  },
  closed,
);

export const RolloutRequest = Type.Object(
  {
    name: Name,
    /** Created, or put in the place of those of the same name. */
    policies: Type.Optional(Type.Array(PolicyRequest, { maxItems: policyLimits.policies })),
    /** Names of policies that go. */
    remove: Type.Optional(Type.Array(Name, { maxItems: policyLimits.policies })),
    /** Hosts of one batch; instead of `batchPercent`, of all hosts that are known at the start (10 when absent). */
    batchHosts: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    batchPercent: Type.Optional(Type.Number({ minimum: 0.01, maximum: 100 })),
    /** How long each batch is watched before the next: a minute when absent. */
    pauseMs: Type.Optional(Milliseconds),
    limits: Type.Optional(RolloutLimitsRequest),
    /** Which hosts come first; the rest follows by name. A batch never mixes them. */
    order: Type.Optional(Type.Array(RolloutOrder, { maxItems: 16 })),
  },
  closed,
);
export type RolloutRequest = Static<typeof RolloutRequest>;

export const ResumeRequest = Type.Object({ limits: Type.Optional(RolloutLimitsRequest) }, closed);
export type ResumeRequest = Static<typeof ResumeRequest>;

export const RolloutPhase = Type.Union([
  Type.Literal('running'),
  Type.Literal('paused'), // by an operator or by a limit: `why` says which
  Type.Literal('finishing'), // every host is in, the policies are being put
  Type.Literal('aborting'), // hosts go back, the last batch first
  Type.Literal('done'),
  Type.Literal('aborted'),
]);
export type RolloutPhase = Static<typeof RolloutPhase>;

export const Rollout = Type.Object(
  {
    name: Name,
    phase: RolloutPhase,
    /** Why it is in this phase, as a sentence. */
    why: Type.String(),
    policies: Type.Array(Type.Omit(Policy, ['revision'])),
    remove: Type.Array(Name),
    batchHosts: Type.Integer(),
    pauseMs: Type.Integer(),
    limits: RolloutLimits,
    order: Type.Array(RolloutOrder),
    hosts: Type.Object({ in: Type.Integer(), known: Type.Integer() }, closed),
    batches: Type.Integer(),
    /** Hosts of the newest batch, at most 100 of them. */
    batch: Type.Array(Name),
    /** Of `batch`, those that are not connected: they are told when they return. */
    away: Type.Array(Name),
    startedMs: Type.Integer(),
    /** Of the phase, or of the newest batch. */
    changedMs: Type.Integer(),
    /** As last looked at; absent when it is over or nothing is in yet. */
    watched: Type.Optional(
      Type.Object(
        {
          /** Since the newest batch, or the controller's start. */
          forMs: Type.Integer(),
          /** Directions in use between hosts that are in, with an end in the newest batch. */
          sessions: Type.Integer(),
          unsettled: Type.Integer(),
          /** `SOURCE → DESTINATION`, at most ten of them. */
          examples: Type.Array(Type.String()),
          /** Of the packets of these sessions; absent while there were too few to tell. */
          dropsPercent: Type.Optional(Type.Number()),
          /** Before it began. */
          dropsPercentBefore: Type.Number(),
        },
        closed,
      ),
    ),
    revision: Type.Integer(),
  },
  closed,
);
export type Rollout = Static<typeof Rollout>;
