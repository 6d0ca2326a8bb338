/** The controller as a process: exit codes, signals, and what survives kill -9. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send } from './test-controller.ts';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));
let directory: string;
let socket: string;
let config: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-main-'));
  socket = join(directory, 'api.sock');
  config = join(directory, 'controller.yaml');
  await writeFile(
    config,
    `stateDirectory: ${directory}/state\nlisten: {address: 127.0.0.1, port: 0}\napi: {socket: ${socket}}\n`,
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

class Output {
  text = '';
  readonly #child: ChildProcess;
  constructor(child: ChildProcess, stream: 'stdout' | 'stderr') {
    this.#child = child;
    child[stream]?.on('data', (chunk) => {
      this.text += String(chunk);
    });
  }
  async until(found: string): Promise<void> {
    while (!this.text.includes(found)) await once(this.#child.stdout ?? this.#child, 'data');
  }
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, exit, stdout: new Output(child, 'stdout'), stderr: new Output(child, 'stderr') };
}

describe('the controller as a process', () => {
  it('ends on SIGTERM with code 0, having written nothing but logs', async () => {
    const { child, exit, stdout, stderr } = start('--config', config);
    await stdout.until('controller ready');
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    const messages = stdout.text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['controller ready', 'controller stopped']);
    expect(stderr.text).toBe('');
  });

  it('ends with code 2 and the place of a mistake in its configuration', async () => {
    await writeFile(config, 'name: x\nlisen: {}\n');
    const { exit, stderr } = start('--config', config);
    expect(await exit).toBe(2);
    expect(stderr.text).toBe(`weft controller: ${config}:2:1: unknown key 'lisen', expected 'listen'?\n`);
  });

  it('ends with code 1 and one sentence when another one has its store', async () => {
    const first = start('--config', config);
    await first.stdout.until('controller ready');
    const second = start('--config', config);
    expect(await second.exit).toBe(1);
    expect(second.stderr.text).toBe(
      `weft controller: the store ${directory}/state/store.sqlite is in use by another controller: stop that one first\n`,
    );
    expect((await send(socket, 'GET', '/v1/status')).status).toBe(200);
  });

  it('has everything that it acknowledged after kill -9, and starts again at once', async () => {
    const first = start('--config', config);
    await first.stdout.until('controller ready');
    const acknowledged: string[] = [];
    for (let i = 0; i < 50; i++) {
      const body = JSON.stringify({ name: `v${i}`, prefixes: ['10.0.0.0/24'] });
      if ((await send(socket, 'POST', '/v1/vpcs', body)).status === 201) acknowledged.push(`v${i}`);
    }
    first.child.kill('SIGKILL');
    await first.exit;
    const second = start('--config', config);
    await second.stdout.until('controller ready');
    const { body } = await send(socket, 'GET', '/v1/vpcs');
    expect(body.items.map(({ name }) => name).sort()).toEqual(acknowledged.sort());
    expect((await send(socket, 'GET', '/v1/status')).body.epoch).toBe(2);
  });
});
