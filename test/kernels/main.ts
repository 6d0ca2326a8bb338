/**
 * `make kernels`: do the BPF programs load, and do what their packet tables say, on kernels other than this machine's?
 *
 *   Debian's packages ─► build/kernels/PACKAGE ─┐
 *   build/native/bpf/*.o, guest/load, tables  ──┴► initramfs ─► QEMU ─► serial line ─► results ─► table, exit code
 *
 *   node test/kernels/main.ts [--only RELEASE] [--task NAME] [--objects FOLDER] [--tables PROGRAM]
 *
 * `--only` takes the kernels whose release contains that text, `host` this machine's, without QEMU (root).
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../../cli/problem.ts';
import { run } from '../../lab/run.ts';
import { type Content, packArchive, type Task } from './archive.ts';
import { boot, machineModules } from './machine.ts';
import { fetchKernel, installPackages, type Kernel, kernelSources, must } from './packages.ts';
import { faultsOf, isFine, loading, merged, type Outcome, readOutcome, toTable } from './report.ts';

const loadTimeoutMs = 60_000;
const tailLines = 40;
const root = join(import.meta.dirname, '../..');
const cache = join(root, 'build/kernels');

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    task: { type: 'string' },
    objects: { type: 'string', default: join(root, 'build/native/bpf') },
    tables: { type: 'string' },
  },
});

async function main(): Promise<void> {
  if (arch() !== 'x64') throw new Problem(`kernels are booted on x86_64 only, and this machine is ${arch()}`);
  await mkdir(cache, { recursive: true });
  await installPackages();
  const content = await gather();
  const outcomes: Outcome[] = [];
  if (options.only === undefined || options.only === 'host') outcomes.push(await loadHere(content.tasks));
  for (const kernel of await wantedKernels()) outcomes.push(await tryKernel(kernel, content));
  if (outcomes.length === 0) throw new Problem(`no kernel's release contains '${options.only ?? ''}'`);
  console.log(toTable(outcomes));
  const faults = outcomes.flatMap(faultsOf);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

async function wantedKernels(): Promise<Kernel[]> {
  const kernels: Kernel[] = [];
  for (const source of kernelSources) {
    const kernel = await fetchKernel(source, cache);
    if (kernel === undefined) console.error(`kernels: apt knows no ${source.metaPackage} here, so it is left out`);
    else if (kernel.release.includes(options.only ?? '')) kernels.push(kernel);
  }
  return kernels;
}

async function gather(): Promise<Content> {
  const found = await readdir(options.objects).catch(() => []);
  const objects = found.filter((name) => name.endsWith('.o')).map((name) => join(options.objects, name));
  if (objects.length === 0) throw new Problem(`no BPF objects in ${options.objects}: make -C native builds them`);
  const [programs, vectors] = [join(options.objects, 'weft.bpf.o'), join(root, 'wire/gen/vectors.json')];
  const tables = options.tables ?? join(options.objects, 'bpf-test');
  const loader = await buildForGuest('load');
  const [host, stream] = [await buildForGuest('region'), await buildForGuest('stream')];
  const region = join(import.meta.dirname, 'guest/region.sh');
  return {
    tasks: [
      { name: loading, command: [loader, ...objects.sort()].join(' ') },
      { name: 'tables', command: [tables, programs, vectors].join(' ') },
      { name: 'region', command: ['sh', region, host, stream, programs].join(' ') },
    ],
    files: [loader, ...objects, tables, vectors, region, host, stream, '/sbin/ip', '/sbin/tc'],
    modules: [...machineModules, 'veth', 'tun', 'sch_ingress', 'cls_bpf'],
  };
}

/** Static, so that it runs wherever it is put. */
async function buildForGuest(name: string): Promise<string> {
  const program = join(cache, name);
  const source = join(import.meta.dirname, 'guest', `${name}.c`);
  const headers = [`-I${join(root, 'native/bpf')}`, `-I${join(root, 'native/gen')}`];
  const flags = ['-Wall', '-Wextra', '-Werror', '-O2', '-static', ...headers];
  await must(['gcc', ...flags, '-o', program, source, '-lbpf', '-lelf', '-lz']);
  return program;
}

/** The kernel that runs here, for comparison: loading only, since nothing of it stays. */
async function loadHere(tasks: readonly Task[]): Promise<Outcome> {
  const said = [`kernel ${release()}`];
  for (const { name, command } of tasks.filter(({ name }) => name === loading)) {
    const { code, stdout } = await run(['sh', '-c', command], { timeoutMs: loadTimeoutMs });
    said.push(`begin ${name}`, stdout, `end ${name} ${code ?? 'killed'}`);
  }
  return readOutcome([...said, 'done'].join('\n'));
}

/** A machine for each task, so that each has all the time there is and a crash of one hides no other. */
async function tryKernel(kernel: Kernel, content: Content): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const task of content.tasks.filter(({ name }) => name.includes(options.task ?? ''))) {
    const folder = join(cache, `machine-${kernel.release}-${task.name}`);
    const archive = await packArchive(folder, kernel, { ...content, tasks: [task] });
    console.error(`kernels: booting ${kernel.release} for ${task.name}`);
    const said = await boot(kernel, archive, folder);
    for (const path of [folder, archive]) await rm(path, { recursive: true });
    const outcome = { ...readOutcome(said.text), kernel: kernel.release };
    if (faultsOf(outcome).length > 0) await tellWhy(folder, outcome, said.qemuErrors);
    outcomes.push(outcome);
  }
  return merged(kernel.release, outcomes);
}

/** What a person needs who was not there: refused programs' logs, failed checks, the kernel's last words. */
async function tellWhy(folder: string, { refused, tasks, whole }: Outcome, qemuErrors: string): Promise<void> {
  for (const { object, name, log } of refused) console.error([`--- ${object} ${name}`, ...log].join('\n'));
  for (const task of tasks.filter((each) => !isFine(each))) {
    const failed = task.lines.filter((line) => line.startsWith('FAILED')).slice(0, tailLines);
    console.error([`--- ${task.name}: what failed, and its last lines`, ...failed].join('\n'));
    console.error(['...', ...task.lines.slice(-tailLines)].join('\n'));
  }
  if (qemuErrors !== '') console.error(`--- qemu: ${qemuErrors}`);
  if (!whole && existsSync(`${folder}.console`)) {
    const words = (await readFile(`${folder}.console`, 'utf8')).split('\n');
    console.error(['--- the kernel, its last lines', ...words.slice(-tailLines)].join('\n'));
  }
}

await main().catch((error: unknown) => {
  if (!(error instanceof Problem)) throw error;
  console.error(`kernels: ${error.message}`);
  process.exitCode = 1;
});
