/**
 * A region as people write it in files: what shall be there, of every kind that can be created. `weft apply` sends it
 * whole; the controller creates what is missing, changes policies, and leaves alone what the file does not name.
 */

import { PolicyRequest, policyLimits } from './policy.ts';
import { GuestRequest, HostRequest, VpcRequest } from './resources.ts';
import { type Static, Type } from './schema.ts';

const closed = { additionalProperties: false } as const;

export const applyLimits = { perKind: 10_000 } as const;

export const ApplyRequest = Type.Object(
  {
    hosts: Type.Optional(
      Type.Array(HostRequest, { maxItems: applyLimits.perKind, description: 'hosts without an agent' }),
    ),
    vpcs: Type.Optional(Type.Array(VpcRequest, { maxItems: applyLimits.perKind, description: 'virtual clouds' })),
    policies: Type.Optional(
      Type.Array(PolicyRequest, {
        maxItems: policyLimits.policies,
        description: 'what hosts may, must or should use with each other',
      }),
    ),
    guests: Type.Optional(
      Type.Array(GuestRequest, { maxItems: applyLimits.perKind, description: 'guests of virtual clouds' }),
    ),
  },
  { ...closed, description: 'what shall be there; what is not named stays as it is' },
);
export type ApplyRequest = Static<typeof ApplyRequest>;

/** In the order in which they are applied: a guest needs its host and cloud, and shall not run without its policies. */
export const appliedKinds = ['host', 'vpc', 'policy', 'guest'] as const;

const Written = Type.Object({}, { additionalProperties: true, description: 'as it would be written in a file' });

export const Applied = Type.Object(
  {
    kind: Type.Enum(appliedKinds, { description: 'what it is' }),
    name: Type.String({ description: 'its name' }),
    done: Type.Enum(['created', 'changed', 'unchanged'], { description: 'what became, or would become, of it' }),
    before: Type.Optional(Written),
    after: Written,
  },
  { ...closed, description: 'what became of one thing that was applied' },
);
export type Applied = Static<typeof Applied>;
