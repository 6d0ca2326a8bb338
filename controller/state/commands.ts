/**
 * Every write: read the state, apply the rules, commit in one transaction, wait until the state shows it.
 *
 * Writes run one after the other, and each compares the controller's epoch in its transaction, so the rules
 * were checked against what really is. A higher epoch in the store means that another controller has taken
 * over: `Fenced`, and this one must end.
 *
 * What a person asks for is asked `as` that person: what is not theirs is refused, and the change is in the audit
 * log with their name, in the same transaction. What the controller and its agents write by themselves is not.
 */
import { randomUUID } from 'node:crypto';
import { isUnicast, parseAddress } from '../../wire/address.ts';
import type { Hello } from '../../wire/control.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { GuestRequest, HostRequest, VpcRequest } from '../../wire/resources.ts';
import type { Author } from '../access/author.ts';
import { type Deed, deed, plain, toldGuest, toldHost, toldRollout } from '../access/deeds.ts';
import { guestObjection, hostObjection, nameTaken, policyObjection, Sight, vpcObjection } from '../access/tenancy.ts';
import { activeRollout } from '../rollout/effective.ts';
import { type Operation, type Store, StoreError } from '../store/store.ts';
import { revoked } from '../trust/generations.ts';
import { DraftStore } from './draft.ts';
import { foreignHost, hasNoAgent } from './foreign.ts';
import { withoutTakenPrefix } from './gni6.ts';
import { type Placer, planGuest } from './guest-plan.ts';
import { remember } from './history.ts';
import { checkKeys } from './host-keys.ts';
import { checkPolicy } from './policy-rules.ts';
import {
  type Guest,
  type Host,
  type HostValue,
  keys,
  type PastSelections,
  type Policy,
  parseRecord,
  type Rollout,
  type RolloutValue,
  type SelectionValue,
  type Vpc,
  type VpcValue,
} from './records.ts';
import { grant, type Outcome, type Refusal, refuse, unsettled } from './refusal.ts';
import { checkPrefixes, chooseGni } from './rules.ts';
import type { State } from './state.ts';
import { Writer, type WriterOptions, type Written } from './writer.ts';

export { Fenced } from './writer.ts';

/** What a rollout becomes, and what becomes of policies in the same transaction. */
export interface RolloutChange {
  readonly value: RolloutValue;
  readonly put?: RolloutValue['policies'];
  readonly remove?: readonly string[];
  /** Past rollouts. */
  readonly forget?: readonly string[];
}

export interface SelectionChange {
  readonly source: string;
  readonly destination: string;
  readonly value: Omit<SelectionValue, 'sinceMs'>;
}

/** Where writes are tried: a copy of the state, and commands that write on it alone. */
export interface Draft {
  readonly commands: Commands;
  readonly state: State;
  readonly sight: Sight;
}

/**
 * Raises the epoch: from now on no older controller can write. `storeId` is the store's own name, made at its
 * first start, so that agents notice when they are led by another one.
 */
export async function raiseEpoch(store: Store): Promise<{ readonly epoch: number; readonly storeId: string }> {
  for (;;) {
    const [entry, id] = [await store.get(keys.epoch), await store.get(keys.storeId)];
    const epoch = (entry === undefined ? 0 : Number(entry.value)) + 1;
    if (!Number.isSafeInteger(epoch)) throw new StoreError('damaged', `the store's epoch is '${entry?.value}'`);
    const storeId = id?.value ?? randomUUID();
    const named = { kind: 'put', key: keys.storeId, value: storeId } as const;
    const { committed } = await store.transact({
      compare: [{ key: keys.epoch, modRevision: entry?.modRevision ?? 0 }],
      operations: [{ kind: 'put', key: keys.epoch, value: String(epoch) }, ...(id === undefined ? [named] : [])],
    });
    if (committed) return { epoch, storeId };
  }
}

export interface CommandOptions extends WriterOptions {
  readonly place: Placer;
}

/** What people may ask for: as whom must be said first. */
export type PeoplesCommands = Pick<Commands, 'as' | 'pastSelections'>;

export class Commands {
  readonly #options: CommandOptions;
  readonly #writer: Writer;
  readonly #store: CommandOptions['store'];
  readonly #state: State;
  readonly #unixMs: () => number;

  constructor(options: CommandOptions, writer = new Writer(options)) {
    this.#options = options;
    this.#writer = writer;
    this.#store = options.store;
    this.#state = options.state;
    this.#unixMs = options.unixMs;
  }

  as(author: Author): Commands {
    return new Commands(this.#options, this.#writer.as(author));
  }

  /**
   * Runs writes on a copy, where each sees those before it. `keep`: all that they wrote is then written, in one
   * transaction as far as that holds it, or nothing when one is refused. Otherwise this is a dry run.
   */
  draft<T>(write: (draft: Draft) => Promise<Outcome<T>>, { keep }: { readonly keep: boolean }): Promise<Outcome<T>> {
    return this.#writer.inTurn(async () => {
      const { state, change } = this.#state.fork();
      const store = new DraftStore(this.#store, state.revision, change);
      const written: Written[] = [];
      const copy = { store, state };
      const commands = new Commands({ ...this.#options, ...copy }, this.#writer.onCopy(copy, written));
      const outcome = await write({ commands, state, sight: commands.#sight });
      if (keep && outcome.ok) await this.#writer.commitWritten(written);
      return outcome;
    });
  }

  /** What hosts have and a restored store knows nothing of is given up. */
  settleRestored(): Promise<Outcome<undefined>> {
    return this.#writer.inTurn(async () => {
      const { restoredMs } = this.#state;
      if (restoredMs === undefined) return refuse('unknown', 'the store was not restored, or that is settled');
      await this.#writer.commit([{ kind: 'delete', key: keys.restored }], deed('store', { restoredMs }, undefined));
      return grant(undefined);
    });
  }

  createVpc(request: VpcRequest): Promise<Outcome<Vpc>> {
    return this.#writer.inTurn(async () => {
      const objection = this.#writer.author && vpcObjection(this.#writer.author, request);
      if (objection !== undefined) return this.#refuse(`vpc ${request.name}`, objection);
      if (this.#state.vpcs.has(request.name)) {
        if (this.#sight.vpc(request.name) === undefined) {
          return this.#refuse(`vpc ${request.name}`, nameTaken('vpc', request.name));
        }
        return refuse('exists', `vpc '${request.name}' exists already`);
      }
      if (request.gni === undefined && this.#state.restoredMs !== undefined) return unsettled('GNI', 'gni');
      const prefixes = checkPrefixes(request.prefixes);
      if (!prefixes.ok) return prefixes;
      const gni = chooseGni(request.gni, (candidate) => this.#state.vpcByGni(candidate)?.name);
      if (!gni.ok) return gni;
      const customer = this.#writer.author?.customer ?? request.customer;
      const value: VpcValue = {
        gni: gni.value,
        prefixes: prefixes.value,
        ...(customer === undefined ? {} : { customer }),
      };
      await this.#writer.commit([put(keys.vpc(request.name), value)], deed(`vpc ${request.name}`, undefined, value));
      return found(this.#state.vpcs.get(request.name));
    });
  }

  deleteVpc(name: string): Promise<Outcome<undefined>> {
    return this.#writer.inTurn(async () => {
      const vpc = this.#sight.vpc(name);
      if (vpc === undefined) return this.#unknown('vpc', name, this.#state.vpcs);
      const guests = [...this.#state.guestsOfVpc(name)];
      if (guests.length > 0) return refuse('in-use', `vpc '${name}' has ${list('guest', guests)}: delete them first`);
      await this.#writer.commit(
        [{ kind: 'delete', key: keys.vpc(name) }],
        deed(`vpc ${name}`, plain<Vpc>(vpc), undefined),
      );
      return grant(undefined);
    });
  }

  createGuest(request: GuestRequest): Promise<Outcome<Guest>> {
    return this.#writer.inTurn(async () => {
      const { name } = request;
      const objection = this.#writer.author && guestObjection(this.#writer.author, request);
      if (objection !== undefined) return this.#refuse(`guest ${name}`, objection);
      const value = planGuest({ state: this.#state, sight: this.#sight, place: this.#options.place }, request);
      if (!value.ok) {
        if (this.#sight.vpc(request.vpc) === undefined) this.#unknown('vpc', request.vpc, this.#state.vpcs);
        else if (this.#sight.guest(name) === undefined) this.#unknown('guest', name, this.#state.guests);
        return value;
      }
      await this.#writer.commit(
        [put(keys.guest(name), value.value)],
        deed(`guest ${name}`, undefined, toldGuest(value.value)),
      );
      return found(this.#state.guests.get(request.name));
    });
  }

  deleteGuest(name: string): Promise<Outcome<undefined>> {
    return this.#writer.inTurn(async () => {
      const guest = this.#sight.guest(name);
      if (guest === undefined) return this.#unknown('guest', name, this.#state.guests);
      const gone = deed(`guest ${name}`, toldGuest(guest), undefined);
      await this.#writer.commit([{ kind: 'delete', key: keys.guest(name) }], gone);
      return grant(undefined);
    });
  }

  /** A host as its agent describes it; writes only what changed. */
  registerHost(hello: Omit<Hello, 'held' | 'epoch'>): Promise<Outcome<Host>> {
    return this.#writer.inTurn(async () => {
      const { instance, agentVersion, substrateAddresses, udpPort, capabilities, assets } = hello;
      const { formats, features, offloads, executors, ports, problems, gni6Prefix } = withoutTakenPrefix(
        capabilities,
        [...this.#state.hosts.values()].filter(({ name }) => name !== hello.host),
      );
      const { kernel, operatingSystem, architecture, cpus, cpuModel, memoryBytes, nics, labels } = assets;
      const before = this.#state.hosts.get(hello.host);
      if (before?.framework !== undefined) return refuse('exists', hasNoAgent(hello.host));
      const checked = checkKeys(hello, before);
      if (!checked.ok) return checked;
      const value = {
        instance,
        ...(checked.value === undefined ? {} : { keys: checked.value }),
        agentVersion,
        substrateAddresses,
        udpPort,
        capabilities: {
          ...{ formats, features, offloads, executors, ports, problems },
          ...(gni6Prefix === undefined ? {} : { gni6Prefix }),
        },
        assets: {
          ...{ kernel, operatingSystem, architecture, cpus, cpuModel, memoryBytes, nics },
          // What its join token bound to it stays, whatever it says.
          labels: { ...labels, ...this.#state.trusts.get(hello.host)?.labels },
        },
      };
      // Through JSON, so that both sides have the order and the shape of what is stored.
      const text = JSON.stringify(value);
      if (before === undefined || text !== hostText(before)) {
        await this.#writer.commit([{ kind: 'put', key: keys.host(hello.host), value: text }]);
      }
      return found(this.#state.hosts.get(hello.host));
    });
  }

  /** A host without an agent: all that is known of it is what is said here. */
  createHost({ name, address, framework, labels = {} }: HostRequest): Promise<Outcome<Host>> {
    return this.#writer.inTurn(async () => {
      const objection = this.#writer.author && hostObjection(this.#writer.author);
      if (objection !== undefined) return this.#refuse(`host ${name}`, objection);
      const known = this.#state.hosts.get(name);
      if (known !== undefined) return refuse('exists', `host '${name}' exists already${isAgents(known)}`);
      const substrate = parseAddress(address);
      if (substrate === undefined || !isUnicast(substrate)) {
        return refuse('invalid', `'${address.slice(0, 50)}' is not an IP address such as 198.51.100.7 or 2001:db8::7`);
      }
      const user = this.#state.hostAt(substrate);
      if (user !== undefined) return refuse('taken', `address ${substrate} is that of host '${user.name}'`);
      const value = foreignHost({ address: substrate, framework, labels });
      await this.#writer.commit([put(keys.host(name), value)], deed(`host ${name}`, undefined, toldHost(value)));
      return found(this.#state.hosts.get(name));
    });
  }

  deleteHost(name: string): Promise<Outcome<undefined>> {
    return this.#writer.inTurn(async () => {
      const host = this.#state.hosts.get(name);
      if (host === undefined) return refuse('unknown', `host '${name}' does not exist`);
      const guests = this.#state.guestsOnHost(name);
      if (guests.length > 0) return refuse('in-use', `host '${name}' has ${list('guest', guests)}: delete them first`);
      const selections = [...this.#state.selections.values()]
        .filter(({ source, destination }) => source === name || destination === name)
        .flatMap(({ source, destination }): Operation[] => [
          { kind: 'delete', key: keys.selection(source, destination) },
          { kind: 'delete', key: keys.pastSelections(source, destination) },
        ]);
      await this.#writer.commitAll(selections);
      const hasAgent = host.framework === undefined;
      const untrust = hasAgent ? [put(keys.trust(name), revoked(this.#state.trusts.get(name), this.#unixMs()))] : [];
      // The host last: should the store fail half-way, the request can be repeated.
      const gone = deed(`host ${name}`, toldHost(host), undefined);
      await this.#writer.commit([{ kind: 'delete', key: keys.host(name) }, ...untrust], gone);
      return grant(undefined);
    });
  }

  saveSelections(changes: readonly SelectionChange[]): Promise<void> {
    return this.#writer.inTurn(async () => {
      // A host that was deleted meanwhile takes its selections with it.
      const wanted = changes.filter(
        ({ source, destination }) => this.#state.hosts.has(source) && this.#state.hosts.has(destination),
      );
      const operations: Operation[] = [];
      for (const change of wanted) operations.push(...(await this.#selectionOperations(change)));
      await this.#writer.commitAll(operations);
    });
  }

  /** Selections that were in force from one host to another, oldest first; not the present one. */
  async pastSelections(source: string, destination: string): Promise<PastSelections['entries']> {
    return (await this.#history(source, destination))?.entries ?? [];
  }

  createPolicy(request: PolicyRequest): Promise<Outcome<Policy>> {
    return this.#writer.inTurn(async () => {
      if (this.#sight.policy(request.name) !== undefined) {
        return refuse('exists', `policy '${request.name}' exists already`);
      }
      return this.#writePolicy(request);
    });
  }

  /** Creates or replaces it; a policy that is as wanted already is not written again. */
  putPolicy(request: PolicyRequest): Promise<Outcome<Policy>> {
    return this.#writer.inTurn(() => this.#writePolicy(request));
  }

  deletePolicy(name: string): Promise<Outcome<undefined>> {
    return this.#writer.inTurn(async () => {
      const policy = this.#sight.policy(name);
      if (policy === undefined) return this.#unknown('policy', name, this.#state.policies);
      const objection =
        this.#writer.author && policyObjection(this.#writer.author, { before: policy, after: undefined }, this.#state);
      if (objection !== undefined) return this.#refuse(`policy ${name}`, objection);
      const held = this.#heldByRollout(name);
      if (held !== undefined) return held;
      const gone = deed(`policy ${name}`, plain<Policy>(policy), undefined);
      await this.#writer.commit([{ kind: 'delete', key: keys.policy(name) }], gone);
      return grant(undefined);
    });
  }

  /** Takes one step: `change` decides on what is stored at that moment; undefined: it stays as it is. */
  changeRollout(
    name: string,
    change: (present: Rollout | undefined) => Outcome<RolloutChange | undefined>,
  ): Promise<Outcome<Rollout>> {
    return this.#writer.inTurn(async () => {
      const before = this.#state.rollouts.get(name);
      const changed = change(before);
      if (!changed.ok) return changed;
      if (changed.value === undefined) return found(this.#state.rollouts.get(name));
      const { value, put: policies = [], remove: gone = [], forget = [] } = changed.value;
      // Itself last: should the store fail half-way, the step is taken again.
      const told = deed(`rollout ${name}`, before && toldRollout(before), toldRollout(value));
      const operations = [
        ...policies.map(({ name: policy, ...rest }) => put(keys.policy(policy), rest)),
        ...gone.map((policy): Operation => ({ kind: 'delete', key: keys.policy(policy) })),
        ...forget.map((past): Operation => ({ kind: 'delete', key: keys.rollout(past) })),
        put(keys.rollout(name), rolloutValue(value)),
      ];
      await this.#writer.commitAll(operations, told);
      return found(this.#state.rollouts.get(name));
    });
  }

  /** A policy that a rollout changes may not be changed by anybody else before it is over. */
  #heldByRollout(policy: string): Refusal | undefined {
    const rollout = activeRollout(this.#state.rollouts);
    if (rollout === undefined) return undefined;
    const isHeld = rollout.remove.includes(policy) || rollout.policies.some(({ name }) => name === policy);
    if (!isHeld) return undefined;
    const advice = `wait for its end, or abort it (weft rollout abort ${rollout.name})`;
    return refuse('in-use', `policy '${policy}' is being changed by rollout '${rollout.name}': ${advice}`);
  }

  async #writePolicy(asked: PolicyRequest): Promise<Outcome<Policy>> {
    const { customer } = this.#writer.author ?? {};
    const request = customer === undefined ? asked : { author: `customer ${customer}`, ...asked };
    const before = this.#sight.policy(request.name);
    if (before === undefined && this.#state.policies.has(request.name)) {
      return this.#refuse(`policy ${request.name}`, nameTaken('policy', request.name));
    }
    const objection =
      this.#writer.author && policyObjection(this.#writer.author, { before, after: request }, this.#state);
    if (objection !== undefined) return this.#refuse(`policy ${request.name}`, objection);
    const held = this.#heldByRollout(request.name);
    if (held !== undefined) return held;
    const checked = checkPolicy(request, this.#state);
    if (!checked.ok) return checked;
    const known = before && plain<Policy>(before);
    if (known === undefined || JSON.stringify(known) !== JSON.stringify(checked.value)) {
      const told = deed(`policy ${request.name}`, known, checked.value);
      await this.#writer.commit([put(keys.policy(request.name), checked.value)], told);
    }
    return found(this.#state.policies.get(request.name));
  }

  async #selectionOperations({ source, destination, value }: SelectionChange): Promise<Operation[]> {
    const nowMs = this.#unixMs();
    const before = this.#state.selection(source, destination);
    const goesOn =
      before !== undefined &&
      before.selected === value.selected &&
      JSON.stringify(before.decidedBy ?? []) === JSON.stringify(value.decidedBy);
    const sinceMs = goesOn ? before.sinceMs : nowMs;
    const selection = put(keys.selection(source, destination), { ...value, sinceMs });
    if (before === undefined || goesOn) return [selection];
    const history = remember(await this.#history(source, destination), before, nowMs);
    return [selection, put(keys.pastSelections(source, destination), history)];
  }

  async #history(source: string, destination: string): Promise<PastSelections | undefined> {
    const entry = await this.#store.get(keys.pastSelections(source, destination));
    return entry === undefined ? undefined : parseRecord('pastSelections', entry);
  }

  // ---- who asks ----------------------------------------------------------------------------------------------

  get #sight(): Sight {
    return new Sight(this.#state, this.#writer.author?.customer);
  }

  /** A write that another folder decides on, on what is stored at that moment. */
  change<T>(decide: () => Outcome<Change<T>> | Promise<Outcome<Change<T>>>): Promise<Outcome<T>> {
    return this.#writer.inTurn(async () => {
      const decided = await decide();
      if (!decided.ok) return decided;
      const { operations, done, result } = decided.value;
      await this.#writer.commit(operations, done);
      return result();
    });
  }

  /** What another folder remembers by itself, decided on when its turn comes. */
  write(operations: () => readonly Operation[]): Promise<void> {
    return this.#writer.inTurn(() => this.#writer.commitAll(operations()));
  }

  /** That something was refused, for the audit log. */
  noteRefusal(resource: string, why: string): void {
    this.#writer.noteRefusal(resource, why);
  }

  #refuse(resource: string, refusal: Refusal): Refusal {
    this.noteRefusal(resource, refusal.message);
    return refusal;
  }

  /** The same for what does not exist and for what is another's. */
  #unknown(noun: string, name: string, known: ReadonlyMap<string, unknown>): Refusal {
    if (known.has(name)) this.noteRefusal(`${noun} ${name}`, 'another customer’s');
    return refuse('unknown', `${noun} '${name}' does not exist`);
  }
}

/** What `change` writes, what the audit log says of it, and what is answered when it is in the state. */
export interface Change<T> {
  readonly operations: readonly Operation[];
  readonly done: Deed;
  readonly result: () => Outcome<T>;
}

function put(key: string, value: unknown): Operation {
  return { kind: 'put', key, value: JSON.stringify(value) };
}

function hostText({ name: _name, revision: _revision, ...value }: Host): string {
  return JSON.stringify(value satisfies HostValue);
}

/** Without the name and the revision that a record read from the state has. */
function rolloutValue(rollout: RolloutValue & Partial<Pick<Rollout, 'name' | 'revision'>>): RolloutValue {
  const { name: _name, revision: _revision, ...value } = rollout;
  return value;
}

function found<T>(record: T | undefined): Outcome<T> {
  // Only when the record was deleted by someone else between its commit and now.
  return record === undefined ? refuse('unknown', 'it was deleted again by someone else') : grant(record);
}

function isAgents({ framework }: Host): string {
  return framework === undefined ? ', with an agent' : '';
}

function list(noun: string, names: readonly string[]): string {
  const shown = names.length > 10 ? [...names.slice(0, 10), '…'] : names;
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'} (${shown.join(', ')})`;
}
