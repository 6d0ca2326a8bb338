/** For tests: a controller's API on a Unix socket that answers from a table and remembers what it was asked. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Context } from './context.ts';
import { createOutput } from './output.ts';
import { runCli } from './run.ts';

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

/** `METHOD PATH` → answer. */
export type Answers = Readonly<Record<string, Answer>>;

export class FakeController implements AsyncDisposable {
  readonly socket: string;
  readonly asked: { readonly what: string; readonly body: unknown }[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), 'weft-cli-'));
  readonly #server;

  private constructor(answers: Answers) {
    this.socket = join(this.#directory, 'c.sock');
    this.#server = createServer(async (request, response) => {
      const content = await text(request);
      const what = `${request.method} ${request.url}`;
      this.asked.push({ what, body: content === '' ? undefined : JSON.parse(content) });
      const { status = 200, body } = answers[what] ?? {
        status: 404,
        body: { code: 'not-found', message: `nothing at ${what}` },
      };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  }

  static async start(answers: Answers): Promise<FakeController> {
    const fake = new FakeController(answers);
    fake.#server.listen(fake.socket);
    await once(fake.#server, 'listening');
    return fake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
    rmSync(this.#directory, { recursive: true });
  }
}

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One run of the command line inside this process, with everything it wrote. */
export async function cli(argv: readonly string[], config: Partial<Context['config']> = {}): Promise<CliRun> {
  const out = new PassThrough();
  const err = new PassThrough();
  const written = Promise.all([text(out), text(err)]);
  const code = await runCli(argv, {
    output: createOutput({ out, err }),
    config: { controller: '/nonexistent/controller.sock', agent: '/nonexistent/agent.sock', ...config },
    signal: new AbortController().signal,
    now: () => 1_000_000,
  });
  out.end();
  err.end();
  const [outText, errText] = await written;
  return { code, out: outText, err: errText };
}
