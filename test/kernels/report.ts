/**
 * What a machine under test said, as results, and the table that people read. The words are guest/init's (kernel,
 * begin, end, done) and guest/load.c's (program, refused, "| ..."); everything else is a test program's own.
 */

/** The one task that checks nothing but loading: its refusals are told by themselves. */
export const loading = 'load';

/** Above this a program is called too complex: the kernel's own limit is a million. */
export const instructionsBound = 250_000;

export interface LoadedProgram {
  readonly object: string;
  readonly name: string;
  /** Instructions that the verifier looked at, on all paths. */
  readonly instructions: number;
  readonly verifiedMs: number;
}

export interface RefusedProgram {
  readonly object: string;
  readonly name: string;
  readonly reason: string;
  /** The end of the verifier's log. */
  readonly log: readonly string[];
}

export interface TaskResult {
  readonly name: string;
  /** Undefined: the machine ended before it did. */
  readonly code: number | undefined;
  readonly ok: number;
  readonly failed: number;
  /** Lines that are not results of programs. */
  readonly lines: readonly string[];
}

export interface Outcome {
  readonly kernel: string;
  readonly programs: readonly LoadedProgram[];
  readonly refused: readonly RefusedProgram[];
  readonly tasks: readonly TaskResult[];
  /** It came to its last line. */
  readonly whole: boolean;
}

export function readOutcome(text: string): Outcome {
  const outcome = { kernel: '?', programs: [] as LoadedProgram[], refused: [] as RefusedProgram[], whole: false };
  const tasks: { name: string; code: number | undefined; lines: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [word, first = '', second = '', ...rest] = line.split(' ');
    const current = tasks.at(-1);
    if (word === 'kernel' && current === undefined) outcome.kernel = first;
    else if (word === 'begin') tasks.push({ name: first, code: undefined, lines: [] });
    else if (word === 'end' && current?.name === first) current.code = Number(second);
    else if (word === 'done') outcome.whole = true;
    else if (word === 'program') outcome.programs.push(loadedProgram(first, second, rest));
    else if (word === 'refused') outcome.refused.push({ object: first, name: second, reason: rest.join(' '), log: [] });
    else if (word === '|') appendLog(outcome.refused, line.slice(2));
    else if (line !== '') current?.lines.push(line);
  }
  return { ...outcome, tasks: tasks.map((task) => ({ ...task, ...countedLines(task.lines) })) };
}

/** What several machines with one kernel said. */
export function merged(kernel: string, outcomes: readonly Outcome[]): Outcome {
  return {
    kernel,
    programs: outcomes.flatMap(({ programs }) => programs),
    refused: outcomes.flatMap(({ refused }) => refused),
    tasks: outcomes.flatMap(({ tasks }) => tasks),
    whole: outcomes.length > 0 && outcomes.every(({ whole }) => whole),
  };
}

function loadedProgram(object: string, name: string, numbers: readonly string[]): LoadedProgram {
  return { object, name, instructions: Number(numbers[0]), verifiedMs: Number(numbers[1]) / 1000 };
}

function appendLog(refused: RefusedProgram[], line: string): void {
  const last = refused.pop();
  if (last !== undefined) refused.push({ ...last, log: [...last.log, line] });
}

function countedLines(lines: readonly string[]): { ok: number; failed: number } {
  const beginning = (word: string): number => lines.filter((line) => line.startsWith(word)).length;
  return { ok: beginning('ok'), failed: beginning('FAILED') };
}

/** Everything that is wrong, as sentences; none when all is well. */
export function faultsOf(outcome: Outcome): string[] {
  const { kernel, programs, refused, tasks, whole } = outcome;
  return [
    ...(whole ? [] : [`${kernel}: the machine ended, or was ended, before it was done`]),
    ...(tasks.some(({ name }) => name === loading) && programs.length + refused.length === 0
      ? [`${kernel}: no program was loaded`]
      : []),
    ...refused.map(({ object, name, reason }) => `${kernel}: ${object} ${name} is refused: ${reason}`),
    ...programs
      .filter(({ instructions }) => !(instructions <= instructionsBound))
      .map(({ object, name, instructions }) => `${kernel}: ${object} ${name} needs ${instructions} instructions`),
    ...tasks.flatMap((task) => taskFault(kernel, task)),
  ];
}

/** A task that ended well without a single check has checked nothing. */
export function isFine({ name, code, ok, failed }: TaskResult): boolean {
  return name === loading ? code === 0 || code === 1 : code === 0 && failed === 0 && ok > 0;
}

function taskFault(kernel: string, task: TaskResult): string[] {
  const { name, code, ok, failed } = task;
  if (isFine(task)) return [];
  if (code === undefined) return [`${kernel}: ${name} did not end`];
  return [`${kernel}: ${name} failed with exit code ${code}: ${ok} checks ok, ${failed} FAILED`];
}

const columns = ['kernel', 'object', 'program', 'instructions', 'verified in ms', 'result'] as const;
const numeric: ReadonlySet<number> = new Set([3, 4]);

export function toTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap((outcome) => rowsOf(outcome));
  const width = (index: number): number => Math.max(...[columns, ...rows].map((row) => (row[index] ?? '').length));
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => (numeric.has(index) ? cell.padStart(width(index)) : cell.padEnd(width(index)))).join('  ');
  return [columns, ...rows].map((row) => line(row).trimEnd()).join('\n');
}

function rowsOf({ kernel, programs, refused, tasks }: Outcome): string[][] {
  return [
    ...programs.map(({ object, name, instructions, verifiedMs }) => {
      const verdict = instructions <= instructionsBound ? 'loaded' : 'TOO COMPLEX';
      return [kernel, object, name, String(instructions), verifiedMs.toFixed(1), verdict];
    }),
    ...refused.map(({ object, name }) => [kernel, object, name, '', '', 'REFUSED']),
    ...tasks
      .filter((task) => task.name !== loading || !isFine(task))
      .map((task) => {
        const { name, ok, failed } = task;
        return [kernel, '', name, '', '', `${isFine(task) ? 'ok' : 'FAILED'}: ${ok} ok, ${failed} failed`];
      }),
  ];
}
