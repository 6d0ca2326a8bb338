/** `weft lab`: regions made of network namespaces on this machine. */
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Command } from 'commander';
import type { Lab } from '../../lab/index.ts';
import type { Guest } from '../../wire/resources.ts';
import { createApi } from '../client.ts';
import { type Context, type Family, wholeNumber } from '../context.ts';
import { ago, cell } from '../output.ts';
import { outputOptions } from '../output-format.ts';
import { Problem } from '../problem.ts';
import { Progress } from '../progress.ts';
import { guestKind } from './get.ts';

/** Loaded when a lab command runs, not when help is shown. */
const load = () => import('../../lab/index.ts');

export const family: Family = (program, context) => {
  const lab = program.command('lab').description('build regions of network namespaces on this machine');
  addUp(lab, context);
  addDown(lab, context);
  addStatus(lab, context);
  addExec(lab, context);
  addList(lab, context);
};

// ---- up and down -----------------------------------------------------------------------------------------

interface UpOptions {
  readonly name?: string;
  readonly timeout?: number;
  readonly keepFailed?: true;
}

function addUp(lab: Command, context: Context): void {
  const command = lab
    .command('up <file>')
    .description('build a lab: hosts, controller, agents, clouds and guests of a YAML file')
    .option('--name <name>', 'its name, else the file’s')
    .option('--timeout <seconds>', 'longest wait until hosts, and guests, are ready', wholeNumber(1, 3600))
    .option('--keep-failed', 'leave a lab that failed as it is, to look at it');
  outputOptions(command).action((file: string, options: UpOptions) => labUp(context, file, options));
}

async function labUp(context: Context, file: string, options: UpOptions): Promise<void> {
  const { output } = context;
  const { upLab } = await load();
  const lab = await buildWithProgress(context, (onProgress) =>
    upLab(file, {
      name: options.name,
      signal: context.signal,
      ...(options.timeout === undefined ? {} : { readyWithinMs: options.timeout * 1000 }),
      keepFailed: options.keepFailed === true,
      onProgress,
      onWarning: (message) => output.note(`weft: ${message}`),
    }),
  );
  output.show({ name: lab.name, stages: lab.stages, hosts: lab.hosts }, () => showBuilt(context, lab));
}

function showBuilt({ output }: Context, lab: Lab): void {
  output.heading(`lab ${lab.name}`);
  const total = lab.stages.reduce((sum, { ms }) => sum + ms, 0);
  output.table(
    ['STEP', '#WAIT', 'WHAT'],
    [...lab.stages.map(({ title, ms, detail }) => [title, `${ms} ms`, detail]), ['ready', `${total} ms`, '']],
  );
  output.line();
  output.line(`look around:  weft lab status ${lab.name}, weft lab exec GUEST --lab ${lab.name} -- ip address`);
  output.line(`take it down: weft lab down ${lab.name}`);
}

async function buildWithProgress(
  context: Context,
  buildIt: (onProgress: (title: string, state: string) => void) => Promise<Lab>,
): Promise<Lab> {
  using progress = new Progress(context.output.streams);
  return await buildIt((title, state) => progress.update(title, state));
}

function addDown(lab: Command, context: Context): void {
  const command = lab.command('down [name]').description('take a lab down: nothing of it is left');
  outputOptions(command).action(async (named: string | undefined) => {
    const { output } = context;
    const { tearDown, defaultStateRoot, labNames } = await load();
    if (named === undefined && labNames(defaultStateRoot).length === 0) {
      return output.show({ existed: false }, () => output.note('no lab is there: nothing to take down'));
    }
    const name = named ?? (await onlyLab());
    const done = await tearDown(defaultStateRoot, name);
    output.show({ name, ...done }, () => {
      if (!done.existed) return output.note(`no lab '${name}': nothing to take down`);
      const { processes, namespaces } = done;
      output.line(`lab '${name}' is down: ${processes} processes and ${namespaces} namespaces removed`);
    });
  });
}

/** The lab that is meant when no name is given: the only one. */
async function onlyLab(): Promise<string> {
  const { labNames, defaultStateRoot } = await load();
  const [name, ...others] = labNames(defaultStateRoot);
  if (name === undefined) throw new Problem('no lab is there: build one with `weft lab up FILE`');
  if (others.length === 0) return name;
  throw new Problem(`there are labs ${[name, ...others].join(', ')}: say which`, { exitCode: 2 });
}

// ---- looking -------------------------------------------------------------------------------------------------

function addStatus(lab: Command, context: Context): void {
  const command = lab.command('status [name]').description('processes, hosts and guests of a lab');
  outputOptions(command).action(async (named: string | undefined) => {
    const { openLab } = await load();
    const opened = openLab(named ?? (await onlyLab()));
    const view = describe(opened);
    const guests = await guestsOf(context, opened);
    context.output.show({ ...view, guests }, () => showLab(context, view, guests));
  });
}

function showLab({ output, now }: Context, view: ReturnType<typeof describe>, guests?: readonly Guest[]): void {
  output.heading(`lab ${view.name}`);
  output.line(`${view.phase}, from ${view.source}, ${ago(view.createdMs, now())} old`);
  output.line();
  output.table(
    ['PROCESS', 'NAMESPACE', 'STATE', '#PID', 'ADDRESSES', 'LOG'],
    view.processes.map((one) => [
      one.name,
      one.namespace,
      one.pid === undefined ? output.style('red', 'ended') : 'running',
      cell(one.pid),
      cell(one.addresses.join(', ')),
      one.log,
    ]),
  );
  if (guests === undefined) output.note('the controller does not answer');
  else {
    output.line();
    output.table(
      guestKind.header,
      guests.map((guest) => guestKind.row(guest, now())),
    );
  }
}

function describe(lab: Lab) {
  const { phase, source, createdMs, layout } = lab.record;
  const processes = layout.processes.map(({ name, namespace, log }) => ({
    name,
    namespace,
    log,
    pid: lab.process(name)?.pid,
    addresses: layout.hosts.find((host) => host.name === name)?.addresses ?? [],
  }));
  return { name: lab.name, phase, source, createdMs, processes };
}

async function guestsOf(context: Context, lab: Lab) {
  const api = createApi(lab.record.layout.controllerSocket, { signal: context.signal, timeoutMs: 3000 });
  try {
    return await api.guests();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function addList(lab: Command, context: Context): void {
  const command = lab.command('list').description('all labs of this machine');
  outputOptions(command).action(async () => {
    const { defaultStateRoot, labNames, openLab } = await load();
    const labs = labNames(defaultStateRoot).map((name) => {
      try {
        const { phase, source, createdMs, layout } = openLab(name).record;
        return { name, phase, hosts: layout.hosts.length, source, createdMs };
      } catch (error) {
        if (error instanceof Problem) return { name, phase: 'damaged', hosts: 0, source: '', createdMs: 0 };
        throw error;
      }
    });
    context.output.show({ items: labs }, () => {
      if (labs.length === 0) context.output.note('no labs');
      else showLabs(context, labs);
    });
  });
}

interface ListedLab {
  readonly name: string;
  readonly phase: string;
  readonly hosts: number;
  readonly source: string;
  /** Unix ms; 0: not known. */
  readonly createdMs: number;
}

function showLabs({ output, now }: Context, labs: readonly ListedLab[]): void {
  output.table(
    ['LAB', 'PHASE', '#HOSTS', 'AGE', 'FROM'],
    labs.map(({ name, phase, hosts, createdMs, source }) => [
      name,
      phase,
      String(hosts),
      createdMs === 0 ? cell('') : ago(createdMs, now()),
      cell(source),
    ]),
  );
}

// ---- exec ----------------------------------------------------------------------------------------------------

function addExec(lab: Command, context: Context): void {
  lab
    .command('exec <guest> <command...>')
    .usage('<guest> [--lab <name>] -- <command...>')
    .description('run a command in the network of a guest or host')
    .option('--lab <name>', 'of this lab, else of the only one')
    .action(async (guest: string, argv: readonly string[], options: { readonly lab?: string }) => {
      const { openLab } = await load();
      const opened = openLab(options.lab ?? (await onlyLab()));
      const child = opened.spawn(guest, argv, { stdio: 'inherit' });
      // The terminal sends Ctrl-C to the command as well: its end is ours.
      context.signal.addEventListener('abort', () => child.kill('SIGTERM'));
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      context.setExitCode(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
}
