/**
 * `POST /v1/join`: the one request of a host that has no certificate yet. It comes over TLS from anybody, so it is small,
 * has a deadline (the listener's), and is checked in the order of what it costs: size, shape, token, then the key.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Ajv } from 'ajv';
import { limits } from '../../wire/limits.ts';
import type { ApiError } from '../../wire/resources.ts';
import { JoinRequest } from '../../wire/trust.ts';
import { refusalStatus } from '../state/refusal.ts';
import { StoreError } from '../store/store.ts';
import type { Trust } from './trust.ts';

const isJoinRequest = new Ajv({ strict: false }).compile<JoinRequest>(JoinRequest);

interface Answer {
  readonly status: number;
  readonly body: object;
}

export type JoinReport = (host: string | undefined, code: string, detail: string) => void;

export interface JoinParts {
  readonly trust: Trust;
  readonly report: JoinReport;
  /** Of what strangers can cause, in measure. */
  readonly reportRefusal: JoinReport;
}

export async function answerJoin(parts: JoinParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const from = request.socket.remoteAddress ?? '?';
  const { status, body } = await answer(parts, request, from);
  if (response.destroyed) return;
  // One request a connection: nobody has a second one.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function answer(parts: JoinParts, request: IncomingMessage, from: string): Promise<Answer> {
  if (request.method !== 'POST') return failure(405, 'invalid', 'a host joins with POST');
  const text = await readBody(request);
  if (text === undefined) {
    return failure(413, 'invalid', `a join request has ${limits.joinRequestBytes} bytes at most`);
  }
  const asked = parse(text);
  if (!isJoinRequest(asked)) {
    const [fault] = isJoinRequest.errors ?? [];
    const where = fault === undefined || fault.instancePath === '' ? 'it' : `'${fault.instancePath.slice(1)}'`;
    return failure(400, 'invalid', `this is no join request: ${where} ${fault?.message ?? 'is no JSON'}`);
  }
  try {
    const joined = await parts.trust.join(asked, from);
    if (joined.ok) {
      parts.report(asked.host, 'host-joined', `from ${from}`);
      return { status: 200, body: joined.value };
    }
    parts.reportRefusal(undefined, 'join-refused', `from ${from}, as host '${asked.host}': ${joined.message}`);
    return failure(refusalStatus[joined.code], joined.code, joined.message);
  } catch (error) {
    if (error instanceof StoreError) return failure(503, 'store', error.message);
    throw error;
  }
}

function failure(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } satisfies ApiError };
}

/** Undefined: it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limits.joinRequestBytes) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limits.joinRequestBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
