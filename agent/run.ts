/** Runs a program of the system (`ip`, `ethtool`, …) to its end. Never throws: a failure is an answer. */
import { spawn } from 'node:child_process';

export type RunResult =
  | { readonly ok: true; readonly stdout: string }
  /** One line: what was run and what it said. */
  | { readonly ok: false; readonly why: string };

/** A host of 4096 guests has 8192 devices, each half a kilobyte of `ip -j`. */
const outputLimit = 16 << 20;
const timeoutMs = 20_000;

export function run(command: string, args: readonly string[], stdin = ''): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: timeoutMs });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < outputLimit) stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < 4096) stderr += text;
    });
    // A program that ends before it has read its input is judged by its exit, not by EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.on('error', (error) => resolve({ ok: false, why: `cannot run ${command}: ${error.message}` }));
    child.on('close', (code, signal) => {
      const said = oneLine(stderr) || (signal === null ? `exit code ${code}` : `ended by ${signal}`);
      if (code === 0) resolve({ ok: true, stdout });
      else resolve({ ok: false, why: `${[command, ...args].join(' ').slice(0, 120)}: ${said}` });
    });
  });
}

export function oneLine(text: string): string {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .join('; ')
    .slice(0, 300);
}
