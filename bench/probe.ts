/** The benchmark's own two ends (`probe/`): built when they are needed, run in a topology, answering in lines of JSON. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { End, Topology } from './contender.ts';

const root = join(import.meta.dirname, '..');
const program = join(root, 'build/bench/weft-probe');

/** Throws with the compiler's words. */
export function buildProbe(): void {
  execFileSync('make', ['-s', '-C', join(root, 'bench/probe')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Something arrived that was not sent: no matter of luck, and never to be tried again. */
export class Damaged extends Error {}

/** Runs the probe to its end; what it says last. */
export async function probe<T>(topology: Topology, words: readonly (string | number)[], timeoutMs: number): Promise<T> {
  const argv = [program, ...words.map(String)];
  const { code, stdout, stderr } = await topology.exec('client', argv, { timeoutMs });
  if (code === 2) throw new Damaged(`${words[0]}: ${stderr.trim()}`);
  if (code !== 0) throw new Error(`${words[0]}: ${stderr.trim() || `no end within ${timeoutMs} ms`}`);
  return JSON.parse(stdout) as T;
}

/** A probe that stays, at one end of a topology. */
export function stayingProbe(topology: Topology, end: End, words: readonly (string | number)[]): LineProcess {
  const child = topology.spawn(end, [program, ...words.map(String)], { stdio: 'pipe' });
  return new LineProcess(words.join(' '), child);
}

const answersWithinMs = 5000;

/** A process that answers each line with a line of JSON; killed in the end, and when an answer is late. */
export class LineProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<void>;
  #said = '';

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    const { stdout, stderr, stdin } = child;
    if (stdout === null || stderr === null || stdin === null) throw new Error(`${name} has no pipes`);
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    child.on('error', (error) => {
      this.#said += error.message;
    });
    this.#closed = new Promise((done) => child.once('close', () => done()));
    // One that has ended is told by its missing answer.
    stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async ask<T>(line: string, withinMs?: number): Promise<T> {
    this.#process.stdin?.write(`${line}\n`);
    return this.answer<T>(withinMs);
  }

  async answer<T>(withinMs = answersWithinMs): Promise<T> {
    const late = setTimeout(() => this.#process.kill('SIGKILL'), withinMs);
    const { value, done } = await this.#lines.next();
    clearTimeout(late);
    if (done === true) {
      await this.#closed;
      throw new Error(`${this.#name}: ${this.#said.trim() || 'ended without an answer'}`);
    }
    return JSON.parse(value) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await this.#closed;
  }
}
