/**
 * What belongs to whom, and what a customer or an operator may not do to it. Pure.
 *
 * Names of clouds, guests and policies are one space for all customers. So whoever creates something learns when its
 * name is taken, and nothing else: not by whom, nor what it is. Everywhere else what is another's is answered as what
 * does not exist.
 */
import { authorCustomer, type PolicyRequest } from '../../wire/policy.ts';
import type { GuestRequest, VpcRequest } from '../../wire/resources.ts';
import type { RolloutRequest } from '../../wire/rollout.ts';
import type { Guest, Policy, Vpc } from '../state/records.ts';
import { type Refusal, refuse } from '../state/refusal.ts';
import type { State } from '../state/state.ts';
import type { Principal } from './author.ts';

type Records = Pick<State, 'vpcs' | 'guests' | 'policies'>;

/** What one customer sees of the records; undefined: everybody's. */
export class Sight {
  readonly customer: string | undefined;
  readonly #state: Records;

  constructor(state: Records, customer: string | undefined) {
    this.#state = state;
    this.customer = customer;
  }

  vpc(name: string): Vpc | undefined {
    const vpc = this.#state.vpcs.get(name);
    return vpc !== undefined && this.#isOwn(vpc.customer) ? vpc : undefined;
  }

  guest(name: string): Guest | undefined {
    const guest = this.#state.guests.get(name);
    return guest !== undefined && this.vpc(guest.vpc) !== undefined ? guest : undefined;
  }

  policy(name: string): Policy | undefined {
    const policy = this.#state.policies.get(name);
    return policy !== undefined && this.#isOwn(authorCustomer(policy)) ? policy : undefined;
  }

  vpcs(): Vpc[] {
    return [...this.#state.vpcs.keys()].flatMap((name) => this.vpc(name) ?? []);
  }

  guests(): Guest[] {
    return [...this.#state.guests.keys()].flatMap((name) => this.guest(name) ?? []);
  }

  policies(): Policy[] {
    return [...this.#state.policies.keys()].flatMap((name) => this.policy(name) ?? []);
  }

  #isOwn(owner: string | undefined): boolean {
    return this.customer === undefined || owner === this.customer;
  }
}

export function nameTaken(noun: string, name: string): Refusal {
  return refuse('exists', `the name '${name}' of a ${noun} is taken: choose another one`);
}

/** Undefined: nothing speaks against it, apart from the rules for everybody. */
export function vpcObjection({ customer }: Principal, request: VpcRequest): Refusal | undefined {
  if (customer === undefined) return undefined;
  if (request.customer !== undefined && request.customer !== customer) {
    return refuse('forbidden', `this token is customer '${customer}''s: leave 'customer' out, or name that one`);
  }
  if (request.gni === undefined) return undefined;
  return refuse('forbidden', "customers do not choose network numbers: leave 'gni' out");
}

export function hostObjection({ customer }: Principal): Refusal | undefined {
  return customer === undefined ? undefined : refuse('forbidden', "hosts are not a customer's: leave them out");
}

/**
 * A guest's program runs on its host, as root, in the guest's network and not in a machine of its own: whoever may
 * name it has the host.
 */
export function guestObjection({ customer }: Principal, request: GuestRequest): Refusal | undefined {
  if (customer === undefined) return undefined;
  if (request.host !== undefined || request.mac !== undefined) {
    return refuse('forbidden', "customers do not choose hosts: leave 'host' and 'mac' out");
  }
  if (request.command === undefined) return undefined;
  return refuse('forbidden', "customers have no programs run by hosts: leave 'command' out");
}

export const policiesPerCustomer = 100;

/** A rollout puts policies: an operator may start one of those that an operator may write. */
export function rolloutObjection(author: Principal, request: RolloutRequest, state: Records): Refusal | undefined {
  const { policies = [], remove = [] } = request;
  const names = [...policies.map(({ name }) => name), ...remove];
  const befores = names.map((name) => state.policies.get(name));
  for (const policy of [...policies, ...befores]) {
    const objection = policyObjection(author, { before: policy, after: undefined }, state);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** As the policy is, and as it shall be; undefined: there is none. */
export interface PolicyStep {
  readonly before: PolicyRequest | undefined;
  readonly after: PolicyRequest | undefined;
}

export function policyObjection(author: Principal, { before, after }: PolicyStep, state: Records): Refusal | undefined {
  const { role, customer } = author;
  if (role === 'operator') {
    const isStaffs = [before, after].some((each) => each !== undefined && authorCustomer(each) === undefined);
    if (!isStaffs) return undefined;
    return refuse('forbidden', `policies of administrators are not an operator's to write: ask one of them`);
  }
  if (customer === undefined || after === undefined) return undefined;
  if (authorCustomer(after) !== customer) {
    return refuse(
      'forbidden',
      `this token is customer '${customer}''s: leave 'author' out, or say customer ${customer}`,
    );
  }
  const sight = new Sight(state, customer);
  const { cloud, guest } = after.match ?? {};
  // Whether another's exists is not for a customer to learn, so neither may be named.
  if (cloud !== undefined && sight.vpc(cloud) === undefined) return refuse('unknown', `vpc '${cloud}' does not exist`);
  if (guest !== undefined && sight.guest(guest) === undefined) {
    return refuse('unknown', `guest '${guest}' does not exist`);
  }
  if (before !== undefined || sight.policies().length < policiesPerCustomer) return undefined;
  return refuse('exhausted', `customer '${customer}' has ${policiesPerCustomer} policies, which is the limit`);
}
